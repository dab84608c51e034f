/** New names and addresses that control-plane nodes cannot get. Pure. */
import { z } from '../../../engine/index.ts'
import { addressOf } from '../../network/addresses/addresses.ts'
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

const fault = (subject: string, what: string, cure: string): Finding => finding(subject, 'fault', what, cure)

/** Whether the address of a node changes. */
export const changesAddress = ({ from, to }: Pick<Change, 'from' | 'to'>): boolean =>
  !isSameValue(from.address, to.address) || !isSameValue(from.peer, to.address)

/** Whether the name of a node changes. */
export const changesName = ({ from, to }: Change): boolean => from.name !== to.name

/** What is wrong with a new address. Networks of the cluster are compared with it wherever a configuration is rendered. */
const addressFaults = ({ from, to }: Change): Finding[] => {
  const [former, next] = [addressOf(from.address), addressOf(to.address)]
  if (next === undefined)
    return [
      fault(to.name, `${to.address} is not an IP address`, 'set advertise_address to an address of the host'),
    ]
  if (former === undefined || former.family === next.family) return []
  return [
    fault(
      to.name,
      `${from.address} and ${to.address} are of different families`,
      'a cluster keeps the family of its nodes: give it an address of the former family',
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
 * @param endpoint where the cluster is reached.
 */
export const changeFaults = (
  all: readonly Change[],
  changes: readonly Change[],
  endpoint: string,
): Finding[] => [
  ...changes.filter(changesAddress).flatMap(addressFaults),
  ...sharedFaults(all),
  ...endpointFaults(changes, endpoint),
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
