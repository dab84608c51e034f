import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { certificatesInKubeconfig, credentialFault } from './kubeadm/credentials.ts'
import type { Credential, Fault } from './kubeadm/credentials.ts'
import { adminConf, etcdData, pki, unfinishedPath } from './kubeadm/paths.ts'
import { allowUnknownVersion, factsOf, knownVersion } from './kubeadm/versions.ts'

/** Certificates that kubectl, the API server and the requests to etcd need, with their authorities. */
const leaves = [
  ['apiserver', 'ca'],
  ['apiserver-etcd-client', 'etcd/ca'],
  ['etcd/server', 'etcd/ca'],
  ['etcd/healthcheck-client', 'etcd/ca'],
] as const

const fileOf = (name: string): string => `${pki}/${name}.crt`

/** Every certificate that is there, authorities first: what they signed cannot be better. */
const credentials = async ({ remote }: CheckContext): Promise<Credential[]> => {
  const names = ['ca', 'etcd/ca', ...leaves.map(([name]) => name)]
  const [admin = '', ...texts] = await Promise.all([
    remote.read(adminConf),
    ...names.map((name) => remote.read(fileOf(name))),
  ])
  const found = new Map(names.map((name, index) => [name, texts[index]] as const))
  const of = (name: string, ca?: string): Credential[] => {
    const [text, signer] = [found.get(name), ca === undefined ? undefined : found.get(ca)]
    if (text === undefined) return []
    const authority =
      ca === undefined || signer === undefined ? undefined : { path: fileOf(ca), text: signer }
    return [{ path: fileOf(name), text, authority }]
  }
  const { client, authority } = certificatesInKubeconfig(admin)
  const ca = found.get('ca')
  const signer = ca === undefined ? undefined : { path: fileOf('ca'), text: ca }
  return [
    ...of('ca'),
    ...of('etcd/ca'),
    // what it trusts signs itself, so that it is the authority of the cluster or another one
    ...(authority === undefined
      ? []
      : [{ path: `${adminConf} (its authority)`, text: authority, authority: signer }]),
    ...(client === undefined ? [] : [{ path: adminConf, text: client, authority: signer }]),
    ...leaves.flatMap(([name, by]) => of(name, by)),
  ]
}

const hintFor = ({ kind }: Fault, host: string, renewal: string | undefined): string => {
  if (kind === 'not valid yet')
    return `set the clock of ${host}, and keep it set: install a time service such as chrony`
  if (kind === 'another authority')
    return `the file is of another cluster, or the authority was replaced: compare it with another control-plane node, or run reset-node on ${host}`
  return renewal === undefined
    ? 'renew the certificates as described for this version of kubeadm'
    : `run on ${host}: kubeadm ${renewal}; then restart the static pods, or the host (an authority is not renewed by it)`
}

/** Fails if a certificate of a control-plane node is expired, not valid yet, or of another authority. */
export const credentialsValid = defineTask({
  name: 'credentials-valid',
  description:
    'Fails if a certificate of a control-plane node is expired, not valid yet, or of another authority, with its dates.',
  reads: 'admin.conf, the certificates in /etc/kubernetes/pki, and the clock of the host',
  example: { version: 'v1.20.2' },
  params: () =>
    z
      .object({
        version: z.string().describe('the Kubernetes version, such as v1.37.2'),
        allowUnknownVersion: allowUnknownVersion(),
      })
      .superRefine(knownVersion('version')),
  title: () => 'certificates of the control plane are valid',

  async check(ctx, { version }) {
    const [admin, data, unfinished] = await Promise.all(
      [adminConf, etcdData, unfinishedPath].map((path) => ctx.remote.exists(path)),
    )
    // other tasks complete an unfinished node, with new certificates
    if (admin !== true || data !== true || unfinished === true) return ok()
    const [clock, all] = await Promise.all([ctx.remote.query`date +%s`.text(), credentials(ctx)])
    const now = new Date(Number(clock) * 1000)
    const [fault, ...others] = all.flatMap((one) => credentialFault(one, now) ?? [])
    if (fault === undefined) return ok()
    throw new CoxswainError('task-failed', `${ctx.host.name}: ${fault.message}`, {
      output: others.length === 0 ? undefined : others.map(({ message }) => message).join('\n'),
      hint: hintFor(fault, ctx.host.name, factsOf(version).renewal),
    })
  },
})
