import { CoxswainError, defineTask, drift, ok, z } from '../../engine/index.ts'
import { peerUrl } from './config/etcd-arguments.ts'
import { snapshotParam } from './etcd-restore-prepare.ts'
import {
  isStopped,
  notStopped,
  phaseOf,
  recordPhase,
  restoreData,
  revisionIn,
  snapshotOnce,
} from './etcd/restore.ts'
import { restoreTime } from './etcd/restore-run.ts'
import { restoreRecord } from './kubeadm/paths.ts'

const master = () =>
  z.object({
    name: z.string().describe('the name of the node, and of its member'),
    address: z.string().describe('the address that it advertises'),
  })

/** Replaces the data of a host's etcd, which is stopped, by that of a snapshot. */
export const etcdRestoreData = defineTask({
  name: 'etcd-restore-data',
  description:
    'Restores the data of the etcd member of a master from a snapshot. The former data is kept beside it. All masters must be restored from the same one.',
  reads: 'how far the restoring is',
  example: {
    snapshot: 'etcd-backups/prod-20261129T165549Z-r2992.db',
    name: 'm1',
    members: [{ name: 'm1', address: '10.0.0.11' }],
  },
  params: () =>
    z.object({
      snapshot: snapshotParam(),
      name: z.string().describe('the name of this master'),
      members: z.array(master()).min(1).describe('all masters, in the same order on each of them'),
    }),
  makes: () => [`the file ${restoreRecord}`],
  title: () => "etcd's data is that of the snapshot",

  async check(ctx, { snapshot }) {
    if ((await phaseOf(ctx, await snapshotOnce(ctx, snapshot))) !== 'nothing') return ok()
    return drift({
      what: '/var/lib/etcd/member',
      from: 'the former data, which is kept',
      to: `revision ${revisionIn(snapshot) ?? 'of the snapshot'}`,
    })
  },

  async apply(ctx, { snapshot, name, members }) {
    const { host } = ctx
    if (!(await isStopped(ctx, 'etcd'))) throw notStopped(host.name)
    const all = members.map((one) => ({ name: one.name, peerUrl: peerUrl(one) }))
    const own = all.find((one) => one.name === name)
    if (own === undefined)
      throw new CoxswainError('params-invalid', `${name} is not among the members`, {
        hint: 'list all masters, with this one',
      })
    const local = await snapshotOnce(ctx, snapshot)
    const names = members.map((one) => one.name)
    const time = await restoreTime(ctx, names, local)
    await restoreData(ctx, own, all, local, time)
    await recordPhase(ctx, local, 'restored', time)
  },
})
