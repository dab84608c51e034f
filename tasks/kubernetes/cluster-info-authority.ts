import { CoxswainError, defineTask, drift, ok, portNumber, z } from '../../engine/index.ts'
import { clusterInfoKubeconfig, putClusterInfo } from './kubeadm/cluster-info.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { newAuthority, pki } from './kubeadm/paths.ts'
import { certificatesIn } from './rotation/bundle.ts'

const field = /^(\s*certificate-authority-data: )(\S+)$/m

const fingerprints = (text: string): string =>
  certificatesIn(text)
    .map(({ fingerprint256 }) => fingerprint256)
    .toSorted()
    .join(' ')

/** Lets nodes that join trust the authorities that the cluster has. */
export const clusterInfoAuthority = defineTask({
  name: 'cluster-info-authority',
  description:
    'Puts the authorities in ca.crt of a control-plane node into the ConfigMap cluster-info, which nodes read when they join.',
  reads: 'ca.crt, and the ConfigMap cluster-info in kube-public; nothing where it was removed',
  example: { address: '10.0.0.11' },
  params: () =>
    z.object({
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of its API server'),
    }),
  title: () => 'nodes that join trust the authorities of the cluster',

  async check(ctx, { address, port }) {
    const [kubeconfig, own] = await Promise.all([
      clusterInfoKubeconfig(ctx, ownServer(address, port)),
      ctx.remote.read(`${pki}/ca.crt`),
    ])
    if (kubeconfig === undefined) return ok()
    if (own === undefined)
      throw new CoxswainError('task-failed', `${ctx.host.name} does not have ${pki}/ca.crt`, {
        hint: 'the host is not a control-plane node',
      })
    const [, , data = ''] = field.exec(kubeconfig) ?? []
    const what = 'authorities in the ConfigMap cluster-info'
    if (ctx.predicted(newAuthority('cluster'))) return drift({ what, to: 'those in ca.crt' })
    return fingerprints(Buffer.from(data, 'base64').toString()) === fingerprints(own)
      ? ok()
      : drift({ what, to: 'those in ca.crt' })
  },

  async apply(ctx, { address, port }) {
    const server = ownServer(address, port)
    const [kubeconfig, own = ''] = await Promise.all([
      clusterInfoKubeconfig(ctx, server),
      ctx.remote.read(`${pki}/ca.crt`),
    ])
    if (kubeconfig === undefined) return
    const data = Buffer.from(own).toString('base64')
    const edited = kubeconfig.replace(field, (_, start: string) => `${start}${data}`)
    await putClusterInfo(ctx, server, edited)
  },
})
