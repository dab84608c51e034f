import { defineTask, drift, ok, remotePath, z } from '../../engine/index.ts'
import { clusterParam, newSnapshot } from './etcd-snapshot.ts'
import { isProven, proveSnapshot } from './etcd/proof.ts'
import { newestSnapshot, snapshotFolder } from './etcd/snapshots.ts'

/**
 * Proves that the newest snapshot on a host can be restored: restores it into an etcd that exists for this purpose only.
 *
 * A file beside the snapshot says that it is proven, so that this is done once. A snapshot that fails is renamed, and does not
 * count any more.
 */
export const etcdSnapshotVerify = defineTask({
  name: 'etcd-snapshot-verify',
  description:
    'Proves that the newest snapshot on a host can be restored, with an etcd of its own on a loopback address, which is removed again. A snapshot that cannot be restored is renamed to end with .unproven.',
  reads: 'the newest snapshot, and the file beside it that says that it is proven',
  example: { cluster: 'prod' },
  params: () =>
    z.object({
      cluster: clusterParam(),
      folder: remotePath().default(snapshotFolder).describe('the folder of the snapshots on the host'),
    }),
  title: () => 'the snapshot can be restored',

  async check(ctx, { cluster, folder }) {
    if (ctx.predicted(newSnapshot)) return drift({ what: `the new snapshot in ${folder}`, to: 'proven' })
    const snapshot = await newestSnapshot(ctx, folder, cluster)
    if (await isProven(ctx.remote, snapshot)) return ok()
    return drift({
      what: snapshot.path,
      from: snapshot.proven ? 'changed since its proof' : 'not proven',
      to: 'proven',
    })
  },

  async apply(ctx, { cluster, folder }) {
    const snapshot = await newestSnapshot(ctx, folder, cluster)
    const { revision, objects } = await proveSnapshot(ctx, snapshot, folder, cluster)
    ctx.log(`${snapshot.path} was restored: revision ${revision}, ${objects} objects of Kubernetes`)
  },
})
