/** New names and addresses that control-plane nodes cannot get. Pure. */
import { z } from '../../../engine/index.ts'
import { addressOf } from '../../network/addresses/addresses.ts'
import { contains, networksOf } from '../../network/addresses/networks.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import type { Finding } from '../../shared/finding.ts'
import { finding } from '../../shared/finding.ts'
import { hostOf } from '../kubeadm/settings.ts'
import type { Master } from '../kubeadm/settings.ts'
import { inWords } from './identity.ts'
import type { Identity } from './identity.ts'

/** A control-plane node, as it is and as the inventory says. */
export interface Change {
  readonly from: Identity
  readonly to: Master
  /** How far an interrupted run has come with it; undefined if none has begun. */
  readonly stage: 'leaving' | 'joining' | undefined
}

/** The networks of a cluster, and where it is reached. */
export interface Surroundings {
  readonly endpoint: string
  readonly podSubnet: string
  readonly serviceSubnet: string
}

const fault = (subject: string, what: string, cure: string): Finding => finding(subject, 'fault', what, cure)

/** Whether the address of a node changes. */
export const changesAddress = ({ from, to }: Change): boolean =>
  !isSameValue(from.address, to.address) || !isSameValue(from.peer, to.address)

/** Whether the name of a node changes. */
export const changesName = ({ from, to }: Change): boolean => from.name !== to.name

/** What is wrong with a new address. */
const addressFaults = (
  { from, to }: Change,
  { podSubnet, serviceSubnet }: Pick<Surroundings, 'podSubnet' | 'serviceSubnet'>,
): Finding[] => {
  const [former, next] = [addressOf(from.address), addressOf(to.address)]
  if (next === undefined)
    return [
      fault(to.name, `${to.address} is not an IP address`, 'set advertise_address to an address of the host'),
    ]
  const networks = (
    [
      ['pod_subnet', podSubnet],
      ['service_subnet', serviceSubnet],
    ] as const
  ).filter(([, list]) =>
    networksOf(list).some((network) => network !== undefined && contains(network, to.address)),
  )
  return [
    ...(former !== undefined && former.family !== next.family
      ? [
          fault(
            to.name,
            `${from.address} and ${to.address} are of different families`,
            'a cluster keeps the family of its nodes: give it an address of the former family',
          ),
        ]
      : []),
    ...networks.map(([setting, list]) =>
      fault(
        to.name,
        `${to.address} is in ${setting} ${list}`,
        'give it an address outside the networks of the cluster',
      ),
    ),
  ]
}

/** Names and addresses that two nodes would have, now or when they have changed. */
const sharedFaults = (all: readonly Change[]): Finding[] =>
  all.flatMap((one, at) =>
    all.flatMap((other, place) => {
      if (one === other) return []
      const sharesName = one.to.name === other.from.name && other.to.name !== other.from.name
      const sharesAddress = [other.from.address, other.from.peer].some((address) =>
        isSameValue(one.to.address, address),
      )
      return [
        ...(place > at && isSameValue(one.to.address, other.to.address)
          ? [
              fault(
                one.to.name,
                `${other.to.name} gets the same address, ${one.to.address}`,
                'give each master an address of its own',
              ),
            ]
          : []),
        ...(sharesName
          ? [
              fault(
                one.to.name,
                `${one.to.name} is still the name of the node that becomes ${other.to.name}`,
                `give ${other.to.name} its new name in a run of its own first; two nodes that swap their names need a third one in between`,
              ),
            ]
          : []),
        ...(sharesAddress
          ? [
              fault(
                one.to.name,
                `${one.to.address} is still the address of ${other.from.name}`,
                `give ${other.from.name} its new address in a run of its own first; two nodes that swap their addresses need a third one in between`,
              ),
            ]
          : []),
      ]
    }),
  )

/** Nodes whose former name or address is the endpoint of the cluster: nothing would answer there. */
const endpointFaults = (changes: readonly Change[], endpoint: string): Finding[] => {
  const host = hostOf(endpoint)
  return changes.flatMap((change) =>
    (changesAddress(change) &&
      [change.from.address, change.from.peer].some((one) => isSameValue(one, host))) ||
    (changesName(change) && change.from.name === host)
      ? [
          fault(
            change.to.name,
            `${host}, the endpoint of the cluster, is ${inWords(change.from)} itself`,
            'move the cluster to an endpoint that stays first: playbooks/move-endpoint.ts',
          ),
        ]
      : [],
  )
}

/**
 * What cannot be done of the changes of an inventory.
 *
 * @param all the control-plane nodes in the order of the inventory, also those that stay as they are.
 * @param changes those that change.
 */
export const changeFaults = (
  all: readonly Change[],
  changes: readonly Change[],
  surroundings: Surroundings,
): Finding[] => [
  ...changes.filter(changesAddress).flatMap((change) => addressFaults(change, surroundings)),
  ...sharedFaults(all),
  ...endpointFaults(changes, surroundings.endpoint),
]

const volumesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ nodeAffinity: z.unknown().optional() }),
    }),
  ),
})

/** A requirement for the name of a node, anywhere in the affinity of a volume. */
const hostnames = z.object({ key: z.literal('kubernetes.io/hostname'), values: z.array(z.string()) })

/** The names of nodes in the affinity of a volume. */
const nodesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const own = hostnames.safeParse(value).data?.values ?? []
  return [...own, ...Object.values(value).flatMap(nodesIn)]
}

/**
 * Volumes that are on the disk of a node that gets another name: the affinity of a PersistentVolume cannot be changed.
 *
 * @param text the PersistentVolumes of the cluster, as JSON.
 */
export const volumeFaults = (changes: readonly Change[], text: string): Finding[] => {
  const volumes = volumesSchema.parse(JSON.parse(text)).items
  return changes.filter(changesName).flatMap(({ from, to }) => {
    const own = volumes.filter(({ spec }) => nodesIn(spec.nodeAffinity).includes(from.name))
    return own.length === 0
      ? []
      : [
          fault(
            to.name,
            `local data of ${own.map(({ metadata }) => metadata.name).join(', ')} (PersistentVolume) is only on a node named ${from.name}`,
            'move the data to another volume, and delete these; the affinity of a PersistentVolume cannot be changed',
          ),
        ]
  })
}
