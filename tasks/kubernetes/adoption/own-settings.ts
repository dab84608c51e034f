/** The settings of a cluster that only its nodes have: taints, the container runtime, names in certificates. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { networkOf, networksOf } from '../../network/addresses/networks.ts'
import { canonicalAddress } from '../../network/addresses/addresses.ts'
import { valueAt } from '../config/rendered.ts'
import { taintSchema } from '../kubeadm/component-settings.ts'
import type { Cluster } from '../kubeadm/settings.ts'
import { clusterSettings, hostOf } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import type { z } from '../../../engine/index.ts'
import type { LivingCluster } from './read-cluster.ts'
import type { LivingMaster } from './read-master.ts'

type Taint = z.output<typeof taintSchema>

/** Taints that the cluster puts on nodes and takes away by itself. */
const ofCluster = /^node\.(cloudprovider\.)?kubernetes\.io\//

const taintIn = (text: string): Taint | undefined => {
  const [, key, value, effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(text) ?? []
  return taintSchema.safeParse({ key, ...(value !== undefined && value !== '' && { value }), effect }).data
}

const taintsOf = (texts: readonly string[]): Taint[] =>
  texts.flatMap((text) => taintIn(text) ?? []).filter(({ key }) => !ofCluster.test(key))

const textOf = (taints: readonly Taint[]): string =>
  taints.map(({ key, value = '', effect }) => `${key}${value && `=${value}`}:${effect}`).join(' ')

/** The taints of the masters; undefined where they are kubeadm's, or differ. */
export const sharedTaints = (
  { nodes, version }: LivingCluster,
  masters: readonly LivingMaster[],
): { readonly taints: Cluster['taints']; readonly findings: Finding[] } => {
  const usual = textOf(factsOf(version).taints.map((key) => ({ key, effect: 'NoSchedule' })))
  const each = masters.map(({ name }) => taintsOf(nodes.find((node) => node.name === name)?.taints ?? []))
  const texts = each.map(textOf)
  if (new Set(texts).size > 1)
    return {
      taints: undefined,
      findings: masters.map(({ name }, index) =>
        finding(
          name,
          'warning',
          `its taints are ${texts[index] || 'none'}, and those of other masters are not`,
          'taints has one list for all masters, and is not set: ha-masters leaves the nodes as they are, and a new master gets those of kubeadm',
        ),
      ),
    }
  return { taints: texts[0] === usual ? undefined : each[0], findings: [] }
}

/** A socket without what does not matter. */
const socketPath = (text: string): string => text.replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/')

/** The socket that kubeadm finds by itself. */
const usualSocket = '/run/containerd/containerd.sock'

/** The services of container runtimes by a part of their sockets. */
const services: readonly (readonly [part: string, service: string])[] = [
  ['crio', 'crio'],
  ['cri-dockerd', 'cri-docker'],
]

/** The container runtime of the masters, where it is not containerd at its usual socket. */
export const sharedRuntime = (
  masters: readonly LivingMaster[],
): {
  readonly criSocket: string | undefined
  readonly service: string | undefined
  readonly findings: Finding[]
} => {
  const sockets = new Set(
    masters.flatMap(({ criSocket }) => (criSocket === undefined ? [] : socketPath(criSocket))),
  )
  const [only] = sockets
  if (sockets.size > 1)
    return {
      criSocket: undefined,
      service: undefined,
      findings: masters.map(({ name, criSocket }) =>
        finding(
          name,
          'warning',
          `its container runtime is at ${criSocket ?? 'a socket that no file names'}, and that of other masters is not`,
          `set cri_socket and container_service for ${name} in host_vars`,
        ),
      ),
    }
  if (only === undefined || only === usualSocket)
    return { criSocket: undefined, service: undefined, findings: [] }
  const service = services.find(([part]) => only.includes(part))?.[1]
  return {
    criSocket: `unix://${only}`,
    service,
    findings:
      service === undefined
        ? [
            finding(
              'cluster',
              'fault',
              `the service of the container runtime at ${only} is not known, and ha-masters would start containerd`,
              'set container_service to the name of its service',
            ),
          ]
        : [],
  }
}

/** The first address of a network, which the API server has in the cluster. */
const firstAddressOf = (text: string): string | undefined => {
  const network = networkOf(text)
  if (network === undefined) return undefined
  const first = network.first + 1n
  if (network.family === 4) return [24n, 16n, 8n, 0n].map((bits) => String((first >> bits) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((first >> BigInt(112 - 16 * index)) & 65_535n).toString(16),
  )
  return canonicalAddress(groups.join(':'))
}

/** The names that kubeadm gives to the certificate of each API server. */
const usualNames = ({ controlPlaneEndpoint, serviceSubnet = '' }: Cluster, domain: string): string[] => [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  `kubernetes.default.svc.${domain}`,
  hostOf(controlPlaneEndpoint),
  ...networksOf(serviceSubnet).flatMap((one) => (one && firstAddressOf(one.text)) ?? []),
]

/** More names that the certificates of all API servers have, whoever made them. */
export const sharedNames = (
  cluster: Cluster,
  document: LivingCluster['document'],
  masters: readonly LivingMaster[],
): string[] => {
  const domain = valueAt(document, 'networking', 'dnsDomain')
  const known = [
    ...usualNames(cluster, typeof domain === 'string' ? domain : 'cluster.local'),
    ...cluster.certSANs,
  ]
  const has = (names: readonly string[], name: string): boolean => names.some((one) => isSameValue(one, name))
  const own = masters.flatMap(({ name, address }) => [name, address])
  const [first, ...others] = masters
  return (first?.apiNames ?? []).filter(
    (name) =>
      !has([...known, ...own], name) &&
      others.every(({ apiNames }) => has(apiNames, name)) &&
      clusterSettings.certSANs.safeParse([name]).success,
  )
}
