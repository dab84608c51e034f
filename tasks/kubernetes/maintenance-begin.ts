import { defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import { rebootReason } from '../system/booting/boot.ts'
import { maintenancePath } from './kubeadm/paths.ts'
import {
  dueMaintenance,
  isSame,
  keyOf,
  maintenanceOf,
  presentTime,
  recordText,
} from './maintenance/record.ts'

/**
 * Records that a host is due for maintenance.
 *
 * With the record of an earlier run, that one goes on: a host on which the work is done is not due again. A record of other work, or one
 * that is older than a day, is replaced.
 */
export const maintenanceBegin = defineTask({
  name: 'maintenance-begin',
  description:
    'Records that a control-plane node is due for maintenance, always or if it needs a reboot, so that an interrupted one can go on. The playbook maintenance does the work.',
  reads: `${maintenancePath}, and whether the host needs a reboot`,
  example: { work: 'reboot', whenNeeded: true },
  params: () =>
    z.object({
      work: z.string().describe('what is done on the host, in any words: other work is another maintenance'),
      whenNeeded: flag()
        .default(false)
        .describe(
          'only if the host needs a reboot: /run/reboot-required exists, or needs-restarting reports it',
        ),
    }),
  title: () => 'the maintenance is recorded',
  makes: () => [dueMaintenance],

  async check(ctx, { work, whenNeeded }) {
    const record = await maintenanceOf(ctx)
    if (record !== undefined && isSame(record, work)) return ok()
    const why = whenNeeded ? await rebootReason(ctx) : 'all masters are due'
    if (why === undefined) return ok()
    const former = record === undefined ? '' : `, after another one of ${record.since} that was not ended`
    return drift({ what: `maintenance of ${ctx.host.name}`, from: `${why}${former}`, to: 'recorded' })
  },

  async apply(ctx, { work }) {
    await ctx.remote.makeDirectory('/etc/coxswain')
    await ctx.remote.write(
      maintenancePath,
      recordText({ work: keyOf(work), since: presentTime(), phase: 'due', boot: '' }),
    )
  },
})
