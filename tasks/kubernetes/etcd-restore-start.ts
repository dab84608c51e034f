import { defineTask, drift, ok, z } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { snapshotParam } from './etcd-restore-prepare.ts'
import { isGone, phaseOf, recordOf, recordPhase, snapshotOnce, startPod } from './etcd/restore.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { manifest, restoreFolder } from './kubeadm/paths.ts'
import { untilStarted, waitForPod } from './kubeadm/restarts.ts'

/** Waits until etcd runs. It responds only when a majority of the members runs, for which other hosts may be waiting. */
const waitForEtcd = (ctx: ApplyContext): Promise<void> =>
  untilStarted(ctx, 'etcd', async () =>
    (await isGone(ctx, 'etcd')) ? [`etcd of ${ctx.host.name} does not run`] : [],
  )

/** Starts etcd, or the API server, of a host whose data was restored. */
export const etcdRestoreStart = defineTask({
  name: 'etcd-restore-start',
  description:
    'Starts the API server or etcd of a master again after its data was restored. With the API server, it waits until that is ready, and the restoring is complete.',
  reads: 'how far the restoring is, and the manifests of static pods',
  example: { snapshot: 'etcd-backups/prod-20261129T165549Z-r2992.db', pod: 'etcd' },
  params: () =>
    z.object({
      snapshot: snapshotParam(),
      pod: z.enum(['etcd', 'kube-apiserver']).describe('what to start; etcd on all masters first'),
    }),
  title: ({ pod }) => `${pod} runs on the restored data`,

  async check(ctx, { snapshot, pod }) {
    const phase = await phaseOf(ctx, await snapshotOnce(ctx, snapshot))
    if (phase === 'complete') return ok()
    const isThere = await ctx.remote.exists(manifest(pod))
    return phase === 'restored' && pod === 'etcd' && isThere && !(await isGone(ctx, pod))
      ? ok()
      : drift({ what: `static pod ${pod}`, from: 'stopped', to: 'started' })
  },

  explain: explainControlPlane,

  async apply(ctx, { snapshot, pod }) {
    await startPod(ctx, pod)
    if (pod === 'etcd') return waitForEtcd(ctx)
    await waitForPod(ctx, pod)
    const local = await snapshotOnce(ctx, snapshot)
    const { time } = await recordOf(ctx, local)
    // before the record: this folder has all secrets of the cluster, and a run that is interrupted here must remove it
    await ctx.remote.remove(restoreFolder, { recursive: true })
    await recordPhase(ctx, local, 'complete', time)
  },
})
