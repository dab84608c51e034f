import { defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { clusterParam, keepParam, newSnapshot } from './etcd-snapshot.ts'
import { proofOf, snapshotFolder, snapshotsIn, unprovenIn } from './etcd/snapshots.ts'

/**
 * The paths of the snapshots that go.
 *
 * @param comes whether there will be a newer one, which is proven before this task runs.
 */
const outdated = async (
  { remote }: CheckContext,
  { folder, cluster, keep }: { readonly folder: string; readonly cluster: string; readonly keep: number },
  comes: boolean,
): Promise<string[]> => {
  const [all, unproven] = await Promise.all([
    snapshotsIn(remote, folder, cluster),
    unprovenIn(remote, folder, cluster),
  ])
  const proven = all.find((snapshot) => snapshot.proven)
  if (proven === undefined && !comes) return []
  const last = comes ? undefined : proven
  return [
    ...all.slice(comes ? keep - 1 : keep).filter((snapshot) => snapshot !== last),
    ...unproven.filter(({ taken }) => last === undefined || taken < last.taken),
  ].map(({ path }) => path)
}

/** Removes the oldest snapshots of etcd on a host, but never the last one that is proven. */
export const etcdSnapshotPrune = defineTask({
  name: 'etcd-snapshot-prune',
  description:
    'Removes the oldest snapshots of etcd on a host, and those that failed their proof before the last proven one. The last proven one always stays; without one, nothing is removed.',
  reads: 'the snapshots in the folder, and the files beside them that say that they are proven',
  example: { cluster: 'prod', keep: 7 },
  params: () =>
    z.object({
      cluster: clusterParam(),
      folder: remotePath().default(snapshotFolder).describe('the folder of the snapshots on the host'),
      keep: keepParam().describe('how many snapshots of the cluster stay in the folder, the newest ones'),
    }),
  title: ({ keep }) => `${keep} snapshots of etcd stay`,

  async check(ctx, given) {
    const paths = await outdated(ctx, given, ctx.predicted(newSnapshot))
    return driftUnlessEmpty(paths.map((path) => ({ what: path, from: 'present' })))
  },

  async apply(ctx, given) {
    for (const path of await outdated(ctx, given, false)) {
      await ctx.remote.remove(proofOf(path))
      await ctx.remote.remove(path)
    }
  },
})
