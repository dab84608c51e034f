/** What the addresses and networks of a cluster must be, before anything is written. */
import { z } from '../../../engine/index.ts'
import { addressOf, isMapped } from '../../network/addresses/addresses.ts'
import { unusableBecause } from '../../network/addresses/unusable.ts'
import { contains, networkOf, networksOf, overlap } from '../../network/addresses/networks.ts'
import type { Network } from '../../network/addresses/networks.ts'
import type { Arguments } from './component-settings.ts'
import type { ReleaseFacts } from './versions/release.ts'
import { factsOf, versionFault } from './versions.ts'

/** The network of the services where none is given (kubeadm). */
export const defaultServiceSubnet = '10.96.0.0/12'

/** The longest prefix that kubeadm accepts less than, for services: an allocator has 2^20 addresses at most. */
const serviceBits = { 4: 12, 6: 108 } as const

/** The longest prefix with the 10 addresses that kubeadm requires for services: that of DNS is the tenth. */
const smallestServices = { 4: 28, 6: 124 } as const

/** The prefix of each node's part of a network of pods, by default (controller manager, kubeadm). */
const defaultNodeBits = { 4: 24, 6: 64 } as const

/** The most bits that the number of a node has within a network of pods (kubeadm, PodSubnetNodeMaskMaxDiff). */
const mostNodeBits = 16

/** The message for addresses such as `::ffff:10.0.0.11`. */
const mappedMessage = 'IPv4 must not be written as IPv6: write 10.0.0.11, not ::ffff:10.0.0.11'

/** A network in CIDR notation, or one of each family, comma-separated. */
export const networkList = () =>
  z.string().superRefine((text, context) => {
    const fault = text
      .split(',')
      .filter((one) => networkOf(one) === undefined)
      .map((one) => `${one} is not a network in CIDR notation, such as 10.244.0.0/16`)
    if (text.split(',').some((one) => isMapped(one.replace(/\/.*/, ''))))
      fault.push(`${text}: ${mappedMessage}`)
    const families = networksOf(text).map((one) => one?.family)
    if (fault.length === 0 && new Set(families).size !== families.length)
      fault.push(`at most one network of each family is possible: ${text}`)
    for (const message of fault) context.addIssue({ code: 'custom', message })
  })

/** An address of a node, or one of each family, comma-separated. */
export const nodeIpSchema = z.string().refine(
  (text) => {
    const families = text.split(',').map((one) => (isMapped(one) ? undefined : addressOf(one)?.family))
    return !families.includes(undefined) && new Set(families).size === families.length
  },
  { error: 'must be one address, or one of each family, such as 10.0.0.11,fd00::11' },
)

const read = (list: string): Network[] => networksOf(list).filter((one) => one !== undefined)

const familyName = (family: number): string => (family === 6 ? 'IPv6' : 'IPv4')

/** The addresses and networks of a node and its cluster. */
interface Given {
  readonly self: { readonly address: string }
  readonly nodeIp?: string | undefined
  readonly cluster: {
    readonly podSubnet: string
    readonly serviceSubnet?: string | undefined
    readonly kubernetesVersion: string
    readonly kubeletExtraArgs: Arguments
    readonly controllerManager?: { readonly extraArgs: Arguments } | undefined
  }
}

/**
 * Networks that overlap, or pods that can have an address of the node. Nodes in the network of the services are accepted:
 * there are such clusters, and they work as long as no service has the address of a node.
 */
const overlaps = ({ self, nodeIp = '' }: Given, pods: Network[], services: Network[]): string[] => {
  const own = [...new Set([self.address, ...nodeIp.split(',')])]
  return [
    ...services.flatMap((one) =>
      pods
        .filter((other) => overlap(one, other))
        .map((other) => `the services' ${one.text} overlaps with the pods' ${other.text}`),
    ),
    ...pods.flatMap((network) =>
      own
        .filter((address) => contains(network, address))
        .map((address) => `the address ${address} is in ${network.text}, the network of the pods`),
    ),
  ]
}

/** The facts of the cluster's release; undefined for a version that is refused elsewhere. */
const factsFor = ({ kubernetesVersion: version }: Given['cluster']): ReleaseFacts | undefined =>
  versionFault(version, true) === undefined ? factsOf(version) : undefined

/** The prefix of each node's part of a network of pods; undefined where kubeadm calculates it from the network. */
const nodeBitsOf = (cluster: Given['cluster'], family: 4 | 6): number | undefined => {
  const given = cluster.controllerManager?.extraArgs ?? {}
  const value = given[`node-cidr-mask-size-ipv${family}`] ?? given['node-cidr-mask-size']
  const bits = Number(typeof value === 'string' ? value : value?.at(-1))
  if (Number.isInteger(bits)) return bits
  // the releases in which networks of both families have a feature gate calculate it for IPv6
  return family === 6 && factsFor(cluster)?.dualStack !== 'yes' ? undefined : defaultNodeBits[family]
}

/** Networks that are too small or too large. */
const sizeFaults = ({ cluster }: Given, pods: Network[], services: Network[]): string[] => {
  const isAllocated = cluster.controllerManager?.extraArgs['allocate-node-cidrs'] !== 'false'
  const ofPods = pods.flatMap(({ text, bits, family }) => {
    const node = nodeBitsOf(cluster, family)
    if (node === undefined || !isAllocated) return []
    if (bits > node) return [`the pods' ${text} is too small: each node gets a /${node} of it`]
    return node - bits > mostNodeBits
      ? [
          `the pods' ${text} is too large: each node gets a /${node} of it, so kubeadm accepts /${node - mostNodeBits} and smaller`,
        ]
      : []
  })
  const ofServices = services.flatMap(({ text, bits, family }) => {
    if (bits < serviceBits[family])
      return [`the services' ${text} is too large: kubeadm accepts /${serviceBits[family]} and smaller`]
    return bits > smallestServices[family]
      ? [`the services' ${text} is too small: kubeadm accepts /${smallestServices[family]} and larger`]
      : []
  })
  return [...ofServices, ...ofPods]
}

/** Families of addresses that do not go together. */
const familyFaults = (
  { self, nodeIp, cluster }: Given,
  pods: Network[],
  [firstService]: Network[],
): string[] => {
  const family = addressOf(self.address)?.family
  const ofPods = new Set<number | undefined>(pods.map((one) => one.family))
  const ofNode = nodeIp?.split(',').map((one) => addressOf(one)?.family) ?? []
  const isPair = ofNode.length > 1
  const acceptsPair = factsFor(cluster)?.acceptsNodeIpPair !== false
  // a cloud provider sets the addresses of its nodes
  const needsPair = pods.length > 1 && acceptsPair && cluster.kubeletExtraArgs['cloud-provider'] === undefined
  const faults = [
    firstService !== undefined &&
      family !== undefined &&
      firstService.family !== family &&
      `${self.address} is ${familyName(family)}, but the first network of the services, ${firstService.text}, is ${familyName(firstService.family)}`,
    firstService !== undefined &&
      pods.length > 0 &&
      !ofPods.has(firstService.family) &&
      `the first network of the services, ${firstService.text}, is ${familyName(firstService.family)}, but the pods have no network of that family`,
    ofNode.length > 0 &&
      pods.length > 0 &&
      !ofNode.some((one) => ofPods.has(one)) &&
      `nodeIp (the playbooks: node_ip) has no address of a family that the pods have: ${nodeIp}`,
    needsPair &&
      !isPair &&
      'the pods have networks of both families: nodeIp (the playbooks: node_ip) must have an address of both families',
    isPair &&
      !acceptsPair &&
      `the kubelet of Kubernetes ${cluster.kubernetesVersion} accepts one address: nodeIp (the playbooks: node_ip) can have two from v1.20 on`,
  ]
  return faults.filter((one) => typeof one === 'string')
}

/** What does not go together; empty if everything does. */
export const networkFaults = (given: Given): string[] => {
  const { self, cluster } = given
  if (addressOf(self.address) === undefined)
    return [`${self.address} is not an IP address: set one for the node (the playbooks: advertise_address)`]
  if (isMapped(self.address)) return [`${self.address}: ${mappedMessage}`]
  if (self.address.includes('%')) return [`${self.address} has a zone, which other hosts do not know`]
  const unusable = unusableBecause(self.address)
  if (unusable !== undefined)
    return [`${self.address} is ${unusable}: other nodes cannot reach this node at it`]
  const pods = read(cluster.podSubnet)
  const services = read(cluster.serviceSubnet ?? defaultServiceSubnet)
  return [
    ...familyFaults(given, pods, services),
    ...sizeFaults(given, pods, services),
    ...overlaps(given, pods, services),
  ]
}
