/** From which release on, and up to which, kubeadm and its programs know a setting of a cluster. */
import type { Arguments, Component } from '../component-settings.ts'
import { flagGoneIn, programNames } from './flags-gone.ts'
import type { Program } from './flags-gone.ts'
import type { ReleaseFacts } from './release.ts'

interface Image {
  readonly imageRepository?: string | undefined
  readonly imageTag?: string | undefined
}

const hasImage = (given: Image | undefined): boolean =>
  given?.imageRepository !== undefined || given?.imageTag !== undefined

/** The settings of a cluster that not every release knows. */
interface Given {
  readonly podSubnet: string
  readonly serviceSubnet?: string | undefined
  readonly featureGates?: Readonly<Record<string, boolean>> | undefined
  readonly apiServer?: Component | undefined
  readonly controllerManager?: Component | undefined
  readonly scheduler?: Component | undefined
  readonly etcd?: (Component & Image) | undefined
  readonly kubeletExtraArgs: Arguments
  readonly kubelet?: { readonly failCgroupV1?: boolean | undefined } | undefined
  readonly kubeProxy?: { readonly mode?: string | undefined } | undefined
  readonly dns?: (Image & { readonly disabled?: boolean | undefined }) | undefined
  readonly proxy?: { readonly disabled?: boolean | undefined } | undefined
  readonly patches?: string | undefined
  readonly timeouts?: object | undefined
  readonly certificateValidityPeriod?: string | undefined
  readonly caCertificateValidityPeriod?: string | undefined
  readonly encryptionAlgorithm?: string | undefined
  readonly imagePullPolicy?: string | undefined
  readonly imagePullSerial?: boolean | undefined
}

interface Setting {
  /** The setting, as the user writes it. */
  readonly name: string
  /** The N of 1.N. */
  readonly since: number
  readonly isGiven: (cluster: Given) => boolean
}

const programs = (cluster: Given) =>
  [cluster.apiServer, cluster.controllerManager, cluster.scheduler, cluster.etcd].flatMap((one) =>
    one === undefined ? [] : [one],
  )

/** v1beta3 has come with 1.22, v1beta4 with 1.31. */
const settings: readonly Setting[] = [
  { name: 'an image of etcd', since: 13, isGiven: ({ etcd }) => hasImage(etcd) },
  { name: 'an image of CoreDNS', since: 13, isGiven: ({ dns }) => hasImage(dns) },
  { name: 'patches', since: 22, isGiven: ({ patches }) => patches !== undefined },
  { name: 'imagePullPolicy', since: 22, isGiven: ({ imagePullPolicy }) => imagePullPolicy !== undefined },
  { name: 'imagePullSerial', since: 31, isGiven: ({ imagePullSerial }) => imagePullSerial !== undefined },
  {
    name: 'extraVolumes',
    since: 13,
    isGiven: (cluster) => programs(cluster).some(({ extraVolumes = [] }) => extraVolumes.length > 0),
  },
  {
    name: 'extraEnvs',
    since: 31,
    isGiven: (cluster) => programs(cluster).some(({ extraEnvs }) => Object.keys(extraEnvs).length > 0),
  },
  {
    name: 'several values of an argument',
    since: 31,
    isGiven: (cluster) =>
      [...programs(cluster).map(({ extraArgs }) => extraArgs), cluster.kubeletExtraArgs].some((one) =>
        Object.values(one).some((value) => Array.isArray(value)),
      ),
  },
  { name: 'timeouts', since: 31, isGiven: ({ timeouts }) => timeouts !== undefined },
  {
    name: 'certificateValidityPeriod',
    since: 31,
    isGiven: ({ certificateValidityPeriod }) => certificateValidityPeriod !== undefined,
  },
  {
    name: 'caCertificateValidityPeriod',
    since: 31,
    isGiven: ({ caCertificateValidityPeriod }) => caCertificateValidityPeriod !== undefined,
  },
  {
    name: 'encryptionAlgorithm',
    since: 31,
    isGiven: ({ encryptionAlgorithm }) => encryptionAlgorithm !== undefined,
  },
  { name: 'dns.disabled', since: 31, isGiven: ({ dns }) => dns?.disabled !== undefined },
  { name: 'proxy.disabled', since: 31, isGiven: ({ proxy }) => proxy?.disabled !== undefined },
  { name: 'kubelet.failCgroupV1', since: 31, isGiven: ({ kubelet }) => kubelet?.failCgroupV1 !== undefined },
  { name: 'kubeProxy.mode: nftables', since: 31, isGiven: ({ kubeProxy }) => kubeProxy?.mode === 'nftables' },
]

/** What a cluster sets that its release does not know yet: a reason for each. */
const tooNew = (cluster: Given, minor: number): string[] =>
  settings
    .filter(({ since, isGiven }) => since > minor && isGiven(cluster))
    .map(({ name, since }) => `${name} (from v1.${since} on)`)

/** Why a cluster cannot have networks of both families. */
const dualStackFault = (
  { podSubnet, serviceSubnet = '', featureGates }: Given,
  { dualStack }: ReleaseFacts,
): string[] => {
  if (![podSubnet, serviceSubnet].some((list) => list.includes(','))) return []
  if (dualStack === 'no') return ['networks of both families (from v1.16 on)']
  return dualStack === 'yes' || featureGates?.['IPv6DualStack'] === true
    ? []
    : ['networks of both families without featureGates: IPv6DualStack: true']
}

const argumentsOf = (cluster: Given): (readonly [program: Program, given: Arguments])[] => [
  ['apiServer', cluster.apiServer?.extraArgs ?? {}],
  ['controllerManager', cluster.controllerManager?.extraArgs ?? {}],
  ['scheduler', cluster.scheduler?.extraArgs ?? {}],
  ['etcd', cluster.etcd?.extraArgs ?? {}],
  ['kubelet', cluster.kubeletExtraArgs],
]

/** Arguments that the programs of a release no longer know. */
const tooOld = (cluster: Given, minor: number): string[] =>
  argumentsOf(cluster).flatMap(([program, given]) =>
    Object.keys(given).flatMap((name) => {
      const gone = flagGoneIn(program, name, 0, minor)
      return gone === undefined
        ? []
        : [`--${name} of ${programNames[program]} (no longer from v1.${gone} on)`]
    }),
  )

/** What a cluster sets that its release does not know, for an error. */
export const unknownSettings = (cluster: Given, facts: ReleaseFacts): readonly string[] => [
  ...tooNew(cluster, facts.minor),
  ...dualStackFault(cluster, facts),
  ...tooOld(cluster, facts.minor),
]
