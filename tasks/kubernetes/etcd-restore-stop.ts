import { defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { snapshotParam } from './etcd-restore-prepare.ts'
import { isStopped, phaseOf, snapshotOnce, stopPod } from './etcd/restore.ts'
import { requireAllMasters } from './etcd/restore-run.ts'
import type { RestoredPod } from './etcd/restore.ts'

/** The API server first: it must not write any more. */
const pods: readonly RestoredPod[] = ['kube-apiserver', 'etcd']

const running = async (ctx: CheckContext, snapshot: string): Promise<RestoredPod[]> => {
  if ((await phaseOf(ctx, await snapshotOnce(ctx, snapshot))) !== 'nothing') return []
  const stopped = await Promise.all(pods.map((pod) => isStopped(ctx, pod)))
  return pods.filter((_, index) => stopped[index] !== true)
}

/** Stops the API server and etcd of a host until its data is restored. */
export const etcdRestoreStop = defineTask({
  name: 'etcd-restore-stop',
  description: 'Stops the API server and etcd of a master, until etcd is restored from the snapshot.',
  reads: 'the manifests of the two static pods, whether they still run, and how far the restoring is',
  example: { snapshot: 'etcd-backups/prod-20261129T165549Z-r2992.db', masters: ['m1', 'm2', 'm3'] },
  params: () =>
    z.object({
      snapshot: snapshotParam(),
      masters: z
        .array(z.string())
        .min(1)
        .describe('the names of all masters: each must have been prepared in the same run'),
    }),
  title: () => 'API server and etcd are stopped',

  async check(ctx, { snapshot, masters }) {
    await requireAllMasters(ctx, masters, await snapshotOnce(ctx, snapshot))
    return driftUnlessEmpty(
      (await running(ctx, snapshot)).map((pod) => ({
        what: `static pod ${pod}`,
        from: 'not stopped',
        to: 'stopped',
      })),
    )
  },

  async apply(ctx, { snapshot }) {
    for (const pod of await running(ctx, snapshot)) await stopPod(ctx, pod)
  },
})
