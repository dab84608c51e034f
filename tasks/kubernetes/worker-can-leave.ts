import { defineTask, hostSelector, ok, z } from '../../engine/index.ts'
import { authorityOn } from './kubeadm/bootstrap-token.ts'
import { certificatesInKubeconfig } from './kubeadm/credentials.ts'
import { kubeletCredential } from './kubeadm/kubelet-client.ts'
import { bootstrapConf, kubeletConf, manifest, pki } from './kubeadm/paths.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { refuseControlPlane, refuseOtherCluster, refuseOtherName } from './nodes/membership.ts'

/** Fails if a host that is to leave a cluster is not a worker of it, before its node is drained and the host reset. */
export const workerCanLeave = defineTask({
  name: 'worker-can-leave',
  description:
    'Fails if a host that is to leave a cluster is a node of another cluster, a node of another name, or a control-plane node. A host that is not a node can leave.',
  reads: 'kubelet.conf, the authority that it trusts, the certificate of the kubelet and the manifests',
  example: { via: 'masters[0]', name: 'w1' },
  params: () =>
    z.object({
      via: hostSelector().describe('a control-plane node of the cluster that it is to leave'),
      name: masterSchema.shape.name,
    }),
  title: ({ name }) => `${name} can leave the cluster`,

  async check(ctx, { via: selector, name }) {
    const { remote } = ctx
    const via = await ctx.on(selector)
    const group = 'removed_workers'
    await refuseControlPlane(ctx, group, [manifest('kube-apiserver'), manifest('etcd')])
    const [conf, bootstrap, ca, credential, ours] = await Promise.all([
      remote.read(kubeletConf),
      remote.read(bootstrapConf),
      // a reset that was interrupted has left only this
      remote.read(`${pki}/ca.crt`),
      kubeletCredential(ctx),
      authorityOn(via, `${via.host.name} is not a control-plane node`),
    ])
    const text = conf ?? bootstrap
    if (text === undefined && ca === undefined) return ok()
    const trusted = certificatesInKubeconfig(text ?? '').authority ?? ca ?? ''
    refuseOtherCluster(ctx, { group, text, trusted, ours })
    refuseOtherName(
      ctx,
      credential?.certificate,
      name,
      `or, if the cluster does not have that node any more, run reset-node on ${ctx.host.name}`,
    )
    return ok()
  },
})
