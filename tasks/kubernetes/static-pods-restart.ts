import { defineTask, driftUnlessEmpty, flag, isCoxswainError, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { isExpired } from './etcd/not-known.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { requireKubelet } from './kubeadm/kubelet.ts'
import { newCertificates, validKubelet } from './kubeadm/paths.ts'
import {
  podsToRestart,
  recordRestarts,
  requireOthers,
  restartStaticPod,
  staticPodsOf,
  stoppedPods,
} from './kubeadm/restarts.ts'
import type { StaticPod } from './kubeadm/pod-manifests.ts'

/** The name under which the start of stopped static pods is predicted under `--check`. */
const startedPods = 'static pods that were stopped'

/** The static pods that a run would restart, also under `--check` after tasks that would change something. */
const awaited = async (ctx: CheckContext): Promise<StaticPod[]> => {
  if (ctx.predicted(newCertificates)) return staticPodsOf(ctx)
  return podsToRestart(ctx, !ctx.predicted(startedPods))
}

/** Under `--check`, members with expired certificates cannot be asked. The run renews those of all masters before. */
const requireOthersOfEtcd = async (ctx: CheckContext): Promise<void> => {
  try {
    await requireOthers(ctx, 'etcd')
  } catch (error) {
    if (!ctx.predicted(newCertificates) || !isCoxswainError(error) || !isExpired(error.message)) throw error
  }
}

/**
 * Restarts the static pods that still use former certificates, one after the other.
 *
 * kubeadm-renew records them. A kubelet stops a static pod when its manifest is moved away, and starts it when it is put back
 * (kubeadm, "Certificate Management with kubeadm", manual renewal). A run that is interrupted in between is continued by the next one.
 */
export const staticPodsRestart = defineTask({
  name: 'static-pods-restart',
  description:
    'Restarts the static pods of a control-plane node whose certificates were renewed, one after the other, and waits until each works again.',
  reads: 'which static pods must be restarted, and the folder of their manifests',
  example: {},
  params: () =>
    z.object({
      onlyStopped: flag()
        .default(false)
        .describe('only start those again that an interrupted run has stopped'),
    }),
  title: ({ onlyStopped }) =>
    onlyStopped ? 'no static pod is left stopped' : 'static pods use the present certificates',

  makes: ({ onlyStopped }) => (onlyStopped ? [startedPods] : []),

  async check(ctx, { onlyStopped }) {
    const pods = onlyStopped ? await stoppedPods(ctx) : await awaited(ctx)
    if (pods.length > 0 && !ctx.predicted(validKubelet)) await requireKubelet(ctx)
    if (onlyStopped)
      return driftUnlessEmpty(
        pods.map((pod) => ({
          what: `static pod ${pod}`,
          from: 'stopped by an interrupted run',
          to: 'started',
        })),
      )
    if (pods.includes('etcd')) await requireOthersOfEtcd(ctx)
    return driftUnlessEmpty(
      pods.map((pod) => ({ what: `static pod ${pod}`, from: 'with former certificates', to: 'restarted' })),
    )
  },

  explain: explainControlPlane,

  async apply(ctx, { onlyStopped }) {
    if (onlyStopped) {
      for (const pod of await stoppedPods(ctx)) await restartStaticPod(ctx, pod)
      return
    }
    const pods = await podsToRestart(ctx)
    for (const [index, pod] of pods.entries()) {
      await restartStaticPod(ctx, pod)
      await recordRestarts(ctx, pods.slice(index + 1))
    }
  },
})
