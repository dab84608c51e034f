/**
 * The certificate with which an etcd member reaches the others. They accept it only from an address that it names (etcd, checkSAN in
 * listener_tls.go), and a host with a former and a new address takes either of them, as its routes say.
 */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { addressOf } from '../../network/addresses/addresses.ts'
import { isShared, ownAddresses } from '../../network/addresses/own-addresses.ts'
import { withNodeIp } from '../config/node-ip.ts'
import { renderConfig } from '../config/render.ts'
import { etcdPeerNames } from '../kubeadm/certificates.ts'
import { peerNamesRecord, pki } from '../kubeadm/paths.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { editYaml } from '../kubeadm/yaml.ts'

const newCertificate = shellFile(import.meta.url, '../new-certificate.sh')

const certificate = `${pki}/etcd/peer`

/** The configuration of the command that makes the certificate; it is there for that command alone. */
const temporary = '/etc/coxswain/kubeadm-peer.yaml'

const keyOf = (text: string): string => addressOf(text)?.key ?? text

/** The addresses from which a host can reach others beside the one that it advertises, in the family of that. */
const sourcesOf = async (
  ctx: CheckContext,
  { self, virtualIp }: Pick<HostConfig, 'self' | 'virtualIp'>,
): Promise<readonly string[]> => {
  const family = addressOf(self.address)?.family
  const except = new Set([self.address, ...(virtualIp === undefined ? [] : [virtualIp])].map(keyOf))
  const own = ((await ownAddresses(ctx)) ?? []).filter((one) => !isShared(one))
  const found = own.flatMap(({ address }) =>
    addressOf(address)?.family === family && !except.has(keyOf(address)) ? [address] : [],
  )
  return [...new Set(found)]
}

/** The addresses that were added to the certificate here, and are to go when the host does not have them any more. */
const addedBefore = async ({ remote }: CheckContext): Promise<readonly string[]> =>
  ((await remote.read(peerNamesRecord)) ?? '').split('\n').filter((line) => line !== '')

/** What is to be changed in the certificate of a member. */
export interface PeerNames {
  /** Addresses of the host that it does not name. */
  readonly lacking: readonly string[]
  /** Addresses that were added, and that the host does not have any more. */
  readonly excess: readonly string[]
}

/**
 * What is to be changed in the certificate.
 *
 * @param adding whether addresses are added: while a control-plane node changes its address.
 */
export const peerNameChanges = async (
  ctx: CheckContext,
  config: Pick<HostConfig, 'self' | 'virtualIp'>,
  adding: boolean,
): Promise<PeerNames> => {
  const [there, sources, added] = await Promise.all([
    etcdPeerNames(ctx),
    sourcesOf(ctx, config),
    addedBefore(ctx),
  ])
  const named = new Set(there.map(keyOf))
  const has = new Set([...sources, config.self.address].map(keyOf))
  return {
    lacking: adding ? sources.filter((one) => !named.has(keyOf(one))) : [],
    excess: added.filter((one) => !has.has(keyOf(one)) && named.has(keyOf(one))),
  }
}

/** Makes the certificate with more names than the configuration has. etcd takes it at the next connection. */
const makeCertificate = async (
  ctx: ApplyContext,
  config: HostConfig,
  names: readonly string[],
): Promise<void> => {
  const { remote, host } = ctx
  const [line = ''] = factsOf(config.cluster.kubernetesVersion).phases['certs all'].init
  const command = line.replace(/ all$/, ' etcd-peer').split(' ')
  const text = editYaml(renderConfig(await withNodeIp(ctx, config)), (document) => {
    if (document.get('kind') === 'ClusterConfiguration')
      document.setIn(['etcd', 'local', 'peerCertSANs'], [...names])
  })
  await remote.write(temporary, text, { mode: '0600' })
  try {
    const words = ['kubeadm', ...command, '--config', temporary]
    const isNew = !(await remote.exists(`${certificate}.crt`))
    const run = remote.run({ timeout: 120, label: `kubeadm ${command.join(' ')}` })
    const made = await (
      isNew ? run`${words}` : run`${shellProgram(newCertificate, certificate, ...words)}`
    ).result()
    if (made.ok) return
    throw new CoxswainError(
      'task-failed',
      `kubeadm cannot make the certificate of the etcd member of ${host.name}`,
      {
        output: made.stderr.trim(),
        hint: `check ${pki}/etcd/ca.key and the configuration; a former certificate was put back`,
      },
    )
  } finally {
    await remote.remove(temporary)
  }
}

/**
 * Changes the certificate, and records what was added.
 *
 * @param config the configuration with the name and the address that the member has, or gets.
 */
export const changePeerNames = async (
  ctx: ApplyContext,
  config: HostConfig,
  { lacking, excess }: PeerNames,
): Promise<void> => {
  if (lacking.length + excess.length === 0) return
  const gone = new Set(excess.map(keyOf))
  const kept = [...(await addedBefore(ctx)), ...lacking].filter((one) => !gone.has(keyOf(one)))
  const there = (await etcdPeerNames(ctx)).filter((one) => !gone.has(keyOf(one)))
  await ctx.remote.makeDirectory('/etc/coxswain')
  // before: what an interrupted run has added is known
  await ctx.remote.write(peerNamesRecord, [...new Set([...kept, ...excess]), ''].join('\n'), { mode: '0600' })
  await makeCertificate(ctx, config, [...new Set([...there, ...lacking])])
  if (kept.length === 0) await ctx.remote.remove(peerNamesRecord)
  else await ctx.remote.write(peerNamesRecord, [...new Set(kept), ''].join('\n'), { mode: '0600' })
}
