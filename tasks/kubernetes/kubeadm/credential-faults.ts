import type { CheckContext } from '../../../engine/index.ts'
import { certificatesInKubeconfig, credentialFault } from './credentials.ts'
import type { Credential, Fault } from './credentials.ts'
import { adminConf, pki } from './paths.ts'

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

/** What is wrong with the certificates of a control-plane node, by the clock of the host; empty if they are accepted. */
export const credentialFaults = async (ctx: CheckContext): Promise<readonly Fault[]> => {
  const [clock, all] = await Promise.all([ctx.remote.query`date +%s`.text(), credentials(ctx)])
  const now = new Date(Number(clock) * 1000)
  return all.flatMap((one) => credentialFault(one, now) ?? [])
}
