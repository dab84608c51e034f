/** From which release on, and up to which, kubeadm and its programs know a setting of a cluster. */
import type { Arguments, Component } from '../component-settings.ts'
import { etcdFlagNow, etcdFlagUnknown, etcdMinorOf } from './etcd-flags.ts'
import { dashed, flagGoneSince, flagsNow, programNames } from './flags-gone.ts'
import type { KubernetesProgram, Program, ProgramReleases } from './flags-gone.ts'
import type { ReleaseFacts } from './release.ts'
import { gatesInArguments, gatesInField, unknownGate, unknownToKubeadm } from './unknown-gates.ts'

interface Image {
  readonly imageRepository?: string | undefined
  readonly imageTag?: string | undefined
}

const hasImage = (given: Image | undefined): boolean =>
  given?.imageRepository !== undefined || given?.imageTag !== undefined

/** The settings of a cluster that not every release knows. */
interface Given {
  readonly kubernetesVersion?: string | undefined
  readonly podSubnet: string
  readonly serviceSubnet?: string | undefined
  readonly featureGates?: Readonly<Record<string, boolean>> | undefined
  readonly apiServer?: Component | undefined
  readonly controllerManager?: Component | undefined
  readonly scheduler?: Component | undefined
  readonly etcd?: (Component & Image) | undefined
  readonly kubeletExtraArgs: Arguments
  readonly kubelet?:
    | { readonly failCgroupV1?: boolean | undefined; readonly [field: string]: unknown }
    | undefined
  readonly kubeProxy?: { readonly mode?: string | undefined; readonly [field: string]: unknown } | undefined
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
        Object.values(one).some((value) => Array.isArray(value) && value.length > 1),
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
  {
    name: 'encryptionAlgorithm: ECDSA-P384',
    since: 34,
    isGiven: ({ encryptionAlgorithm }) => encryptionAlgorithm === 'ECDSA-P384',
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

const argumentsOf = (
  cluster: Given,
): (readonly [program: KubernetesProgram | 'etcd', given: Arguments])[] => [
  ['apiServer', cluster.apiServer?.extraArgs ?? {}],
  ['controllerManager', cluster.controllerManager?.extraArgs ?? {}],
  ['scheduler', cluster.scheduler?.extraArgs ?? {}],
  ['etcd', cluster.etcd?.extraArgs ?? {}],
  ['kubelet', cluster.kubeletExtraArgs],
]

/** The releases of the programs that a cluster runs: an image of etcd that the user has chosen has a version of its own, if its tag says it. */
export const programReleases = (etcdTag: string | undefined, facts: ReleaseFacts): ProgramReleases => ({
  kubernetes: facts.minor,
  etcd: etcdMinorOf(etcdTag ?? '') ?? etcdMinorOf(facts.etcd[1]),
})

/** Arguments that the programs of a release no longer know. */
const tooOld = (cluster: Given, facts: ReleaseFacts): string[] => {
  const releases = programReleases(cluster.etcd?.imageTag, facts)
  return argumentsOf(cluster).flatMap(([program, given]) =>
    Object.keys(given).flatMap((name) => {
      const gone = flagGoneSince(program, name, releases)
      const now = flagNow(program, name)
      if (gone !== undefined)
        return [
          `--${name} of ${programNames[program]} (no longer from ${gone} on${now === undefined ? '' : `; now it is --${now}`})`,
        ]
      const why = program === 'etcd' ? etcdFlagUnknown(name, releases.etcd ?? 0) : undefined
      return why === undefined ? [] : [`--${name} of etcd 3.${releases.etcd} (${why})`]
    }),
  )
}

/** What is written in the place of an argument that went, without dashes; undefined if nothing is. */
export const flagNow = (program: Program, name: string): string | undefined =>
  program === 'etcd' ? etcdFlagNow(name) : flagsNow[dashed(name)]

/** An image of etcd for which the arguments of this kubeadm are not made: it would not start. */
export const etcdFault = ({ imageTag: tag }: Image, { etcdFrom, etcdUpTo }: ReleaseFacts): string[] => {
  if (tag === '') return ['an image of etcd without a tag']
  const minor = tag === undefined ? undefined : etcdMinorOf(tag)
  if (minor === undefined) return []
  if (minor < etcdFrom)
    return [`etcd ${tag}: its kubeadm starts etcd with arguments that 3.${etcdFrom} and later know`]
  return etcdUpTo !== undefined && minor > etcdUpTo
    ? [`etcd ${tag}: its kubeadm starts etcd with arguments that 3.${etcdUpTo} and earlier know`]
    : []
}

const gatesOf = (cluster: Given): (readonly [program: Program, gates: readonly string[]])[] => [
  // etcd has others
  ...argumentsOf(cluster)
    .filter(([program]) => program !== 'etcd')
    .map(([program, given]) => [program, gatesInArguments(given)] as const),
  ...(['kubelet', 'kubeProxy'] as const).map(
    (program) => [program, gatesInField(cluster[program]?.['featureGates'])] as const,
  ),
]

/** Feature gates that the programs of a release do not know. */
const unknownGates = (cluster: Given, { minor }: ReleaseFacts): string[] =>
  gatesOf(cluster).flatMap(([program, gates]) =>
    gates.flatMap((gate) => {
      const why = unknownGate(gate, { minor, version: cluster.kubernetesVersion })
      if (why === undefined) return []
      const what = `the feature gate ${gate} of ${programNames[program]}`
      if (why.gone !== undefined) return [`${what} (no longer from ${why.gone} on)`]
      return [why.guess === undefined ? what : `${what} (did you mean ${why.guess}?)`]
    }),
  )

/** What a cluster sets that its release does not know, beside the arguments and feature gates of programs. */
export const unknownOthers = (cluster: Given, facts: ReleaseFacts): readonly string[] => [
  ...tooNew(cluster, facts.minor),
  ...dualStackFault(cluster, facts),
  ...etcdFault(cluster.etcd ?? {}, facts),
  ...unknownToKubeadm(cluster.featureGates ?? {}, facts.minor),
]

/** What a cluster sets that its release does not know, for an error. */
export const unknownSettings = (cluster: Given, facts: ReleaseFacts): readonly string[] => [
  ...unknownOthers(cluster, facts),
  ...tooOld(cluster, facts),
  ...unknownGates(cluster, facts),
]
