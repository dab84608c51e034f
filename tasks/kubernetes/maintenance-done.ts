import { defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import { maintenancePath } from './kubeadm/paths.ts'
import { bootIdOf, dueMaintenance, maintenanceOf, recordText } from './maintenance/record.ts'

/**
 * Records that the work of a maintenance is done on a host: a later run that goes on does not repeat it.
 *
 * Before a reboot, it records that only the reboot is left: the work counts as done when the host is in another boot.
 */
export const maintenanceDone = defineTask({
  name: 'maintenance-done',
  description:
    'Records that the work of a maintenance is done on a control-plane node, or will be with its next boot.',
  reads: `${maintenancePath} and the boot ID`,
  example: {},
  params: () =>
    z.object({
      afterReboot: flag()
        .default(false)
        .describe('the host is about to reboot, and the work is done when it has'),
    }),
  title: ({ afterReboot }) => (afterReboot ? 'only the reboot is left' : 'the work is recorded as done'),

  async check(ctx, { afterReboot }) {
    const record = await maintenanceOf(ctx)
    const to = afterReboot ? 'only the reboot is left' : 'done'
    const what = `maintenance of ${ctx.host.name}`
    if (ctx.predicted(dueMaintenance)) return drift({ what, from: 'due', to })
    if (record === undefined || record.phase === 'done') return ok()
    const isSaid = afterReboot && record.phase === 'rebooting' && record.boot === (await bootIdOf(ctx))
    return isSaid ? ok() : drift({ what, from: 'due', to })
  },

  async apply(ctx, { afterReboot }) {
    const [record, boot] = await Promise.all([maintenanceOf(ctx), bootIdOf(ctx)])
    if (record === undefined) return
    const phase = afterReboot ? 'rebooting' : 'done'
    await ctx.remote.write(maintenancePath, recordText({ ...record, phase, boot }))
  },
})
