/** Under which name and at which addresses a control-plane node is known in its cluster. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { nodeNamedIn } from '../kubeadm/credentials.ts'
import { kubeletCredential } from '../kubeadm/kubelet-client.ts'
import { manifest } from '../kubeadm/paths.ts'
import { argumentOf, containerIn } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import type { Master } from '../kubeadm/settings.ts'

/** A control-plane node as its cluster knows it. */
export const identitySchema = z.object({
  /** The name of its node. */
  name: z.string(),
  /** The address that its API server advertises. */
  address: z.string(),
  /** The address of its etcd member's peer URL; usually the same. */
  peer: z.string(),
})
export type Identity = z.output<typeof identitySchema>

/** The host of the first of several URLs. */
const hostIn = (urls: string | undefined): string | undefined =>
  /^https?:\/\/(.+?)(?::\d+)?(?:,|$)/.exec(urls ?? '')?.[1]?.replaceAll(/[[\]]/g, '')

/**
 * The name and the addresses that a control-plane node has in its cluster, whatever the inventory says.
 *
 * @returns undefined for a host without static pods of a control plane.
 * @throws `task-failed` for one without an etcd of kubeadm, and where the files do not say its name or an address.
 */
export const presentIdentity = async (ctx: CheckContext): Promise<Identity | undefined> => {
  const [api, etcd, kubelet] = await Promise.all([
    manifestText(ctx, 'kube-apiserver'),
    manifestText(ctx, 'etcd'),
    kubeletCredential(ctx),
  ])
  if (api === undefined && etcd === undefined) return undefined
  if (etcd === undefined)
    throw new CoxswainError(
      'task-failed',
      `${ctx.host.name} is a control-plane node without an etcd of kubeadm: it cannot leave its cluster and join it again here`,
      {
        hint: `with an external etcd, take it out and let it join again with kubeadm itself; if ${manifest('etcd')} is missing, bring it back; nothing was changed`,
      },
    )
  const member = containerIn(etcd, `${manifest('etcd')} on ${ctx.host.name}`)
  const server = containerIn(api ?? '', `${manifest('kube-apiserver')} on ${ctx.host.name}`)
  const peer = hostIn(argumentOf(member, 'initial-advertise-peer-urls'))
  const address = argumentOf(server, 'advertise-address') ?? peer
  const name = nodeNamedIn(kubelet?.certificate ?? '') ?? argumentOf(member, 'name')
  if (name !== undefined && address !== undefined && peer !== undefined) return { name, address, peer }
  throw new CoxswainError(
    'task-failed',
    `${ctx.host.name} does not say under which name and address it is in its cluster`,
    { hint: `check ${manifest('etcd')} (--name, --initial-advertise-peer-urls); nothing was changed` },
  )
}

/** Whether a node has a name and an address in its cluster. */
export const isKnownAs = ({ name, address, peer }: Identity, wanted: Master): boolean =>
  name === wanted.name && isSameValue(address, wanted.address) && isSameValue(peer, wanted.address)

/** A name and an address in messages, such as `m1 at 10.0.0.11`. */
export const inWords = ({ name, address }: Pick<Identity, 'name' | 'address'>): string =>
  `${name} at ${address}`
