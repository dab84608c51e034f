import { defineTask, drift, ok, portNumber, z } from '../../engine/index.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { requireKubelet } from './kubeadm/kubelet.ts'
import { newServiceAccountKey } from './kubeadm/paths.ts'
import { podsToRestart, recordRestarts, restartStaticPod } from './kubeadm/restarts.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { predictedStage, readMaster, restartedController } from './service-accounts/record.ts'
import { refuse, requireRecord, rotationOf } from './service-accounts/require.ts'
import { whyNotRenewed } from './service-accounts/stages.ts'

const pod = 'kube-controller-manager'

/** Restarts the controller manager of a control-plane node once all API servers sign with a new service account key. */
export const serviceAccountControllers = defineTask({
  name: 'service-account-controllers',
  description:
    'Restarts the controller manager of a control-plane node once all API servers sign with a new service account key: it signs the tokens in Secrets with that, and gets new tokens for its controllers.',
  reads: 'sa.pub and sa.key on all control-plane nodes, and the static pods that must be restarted there',
  example: { masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      masters: z.array(masterSchema).min(1).describe('all control-plane nodes'),
      port: portNumber().default(6443).describe('the port of the API servers'),
    }),
  title: () => 'the controller manager signs with the new service account key',
  makes: () => [restartedController],
  explain: explainControlPlane,

  async check(ctx, { masters, port }) {
    const [rotation, own] = await Promise.all([rotationOf(ctx, { masters, port }), readMaster(ctx)])
    const predicted = [newServiceAccountKey, predictedStage('new signs')].some((one) => ctx.predicted(one))
    requireRecord(rotation, own, 'new signs')
    if (own.record === undefined ? !predicted : !predicted && !own.controllerPending) return ok()
    if (rotation !== undefined)
      refuse('the controller manager is not restarted yet', whyNotRenewed(rotation.stages))
    await requireKubelet(ctx)
    return drift({ what: pod, from: 'with the former service account key', to: 'restarted' })
  },

  async apply(ctx) {
    await restartStaticPod(ctx, pod)
    await recordRestarts(
      ctx,
      (await podsToRestart(ctx, false)).filter((one) => one !== pod),
    )
  },
})
