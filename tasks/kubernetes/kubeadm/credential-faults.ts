import type { CheckContext } from '../../../engine/index.ts'
import { certificatesInKubeconfig, credentialFault } from './credentials.ts'
import type { Credential, Fault } from './credentials.ts'
import { adminConf, kubeletClient, pki } from './paths.ts'

/** The authorities of a cluster, by the names of their files. */
const authorities = ['ca', 'etcd/ca', 'front-proxy-ca'] as const
type Authority = (typeof authorities)[number]

/** The certificates of a control-plane node that kubeadm makes, with their authorities. */
const leaves: readonly (readonly [name: string, authority: Authority])[] = [
  ['apiserver', 'ca'],
  ['apiserver-kubelet-client', 'ca'],
  ['apiserver-etcd-client', 'etcd/ca'],
  ['etcd/server', 'etcd/ca'],
  ['etcd/peer', 'etcd/ca'],
  ['etcd/healthcheck-client', 'etcd/ca'],
  ['front-proxy-client', 'front-proxy-ca'],
]

/** The kubeconfigs whose users have certificates of their own; those of kubelets name a file. */
const kubeconfigs = [
  adminConf,
  ...['controller-manager', 'scheduler', 'super-admin'].map((name) => `/etc/kubernetes/${name}.conf`),
]

const fileOf = (name: string): string => `${pki}/${name}.crt`

/** The certificate of the kubelet, without the key, which is in the same file; undefined for a host without one. */
const ofKubelet = async ({ remote }: CheckContext): Promise<string | undefined> => {
  if (!(await remote.exists(kubeletClient))) return undefined
  const lines = '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p'
  return (await remote.query`sed -n ${lines} ${kubeletClient}`.result()).stdout
}

/** Every certificate that is there, authorities first: what they signed cannot be better. */
const credentials = async (ctx: CheckContext): Promise<Credential[]> => {
  const { remote } = ctx
  const names = [...authorities, ...leaves.map(([name]) => name)]
  const [kubelet, configs, texts] = await Promise.all([
    ofKubelet(ctx),
    Promise.all(kubeconfigs.map((path) => remote.read(path))),
    Promise.all(names.map((name) => remote.read(fileOf(name)))),
  ])
  const found = new Map(names.map((name, index) => [name, texts[index]] as const))
  const signerOf = (name: Authority): Credential['authority'] => {
    const text = found.get(name)
    return text === undefined ? undefined : { path: fileOf(name), text }
  }
  const ca = signerOf('ca')
  return [
    ...authorities.flatMap((name) => {
      const text = found.get(name)
      return text === undefined ? [] : [{ path: fileOf(name), text, isAuthority: true }]
    }),
    ...kubeconfigs.flatMap((path, index): Credential[] => {
      const { client, authority } = certificatesInKubeconfig(configs[index] ?? '')
      return [
        // what it trusts signs itself, so that it is the authority of the cluster or another one
        ...(authority === undefined
          ? []
          : [{ path: `${path} (its authority)`, text: authority, authority: ca, isAuthority: true }]),
        ...(client === undefined ? [] : [{ path, text: client, authority: ca }]),
      ]
    }),
    ...leaves.flatMap(([name, by]) => {
      const text = found.get(name)
      return text === undefined ? [] : [{ path: fileOf(name), text, authority: signerOf(by) }]
    }),
    ...(kubelet === undefined ? [] : [{ path: kubeletClient, text: kubelet, authority: ca }]),
  ]
}

/** What is wrong with the certificates of a control-plane node, by the clock of the host; empty if they are accepted. */
export const credentialFaults = async (ctx: CheckContext): Promise<readonly Fault[]> => {
  const [clock, all] = await Promise.all([ctx.remote.query`date +%s`.text(), credentials(ctx)])
  const now = new Date(Number(clock) * 1000)
  return all.flatMap((one) => credentialFault(one, now) ?? [])
}
