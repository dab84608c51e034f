import { gatesGoneBy } from './gates-known.ts'

/**
 * Feature gates that a release no longer knows: a program that is started with one of them ends at once.
 *
 * The names that are in the sources of the release before (`pkg/features` of kubernetes, and `features` of its staging modules), and
 * not in those of this one.
 */
export const gatesGone: Readonly<Record<number, readonly string[]>> = {
  35: [
    'AllowServiceLBStatusOnNonLB',
    'ComponentSLIs',
    'CronJobsScheduledAnnotation',
    'LoadBalancerIPMode',
    'PodIndexLabel',
    'ProbeHostPodSecurityStandards',
    'SizeMemoryBackedVolumes',
    'StatefulSetAutoDeletePVC',
    'StrictCostEnforcementForVAP',
    'StrictCostEnforcementForWebhooks',
    'UserNamespacesPodSecurityStandards',
  ],
  36: [
    'CSIMigrationPortworx',
    'HonorPVReclaimPolicy',
    'InPlacePodVerticalScalingAllocatedStatus',
    'InTreePluginPortworxUnregister',
    'MemoryManager',
    'ServiceTrafficDistribution',
    'StructuredAuthorizationConfiguration',
    'TopologyAwareHints',
    'WatchFromStorageWithoutResourceVersion',
  ],
  37: [
    'APIServerTracing',
    'AnonymousAuthConfigurableEndpoints',
    'AnyVolumeDataSource',
    'AuthorizeNodeWithSelectors',
    'AuthorizeWithSelectors',
    'BtreeWatchCache',
    'ConsistentListFromCache',
    'GangScheduling',
    'JobBackoffLimitPerIndex',
    'JobPodReplacementPolicy',
    'JobSuccessPolicy',
    'LogarithmicScaleDown',
    'OrderedNamespaceDeletion',
    'PodLifecycleSleepAction',
    'PodLifecycleSleepActionAllowZero',
    'PreventStaticPodAPIReferences',
    'RelaxedDNSSearchValidation',
    'ResilientWatchCacheInitialization',
    'RetryGenerateName',
    'SchedulerQueueingHints',
    'SidecarContainers',
    'StreamingCollectionEncodingToJSON',
    'StreamingCollectionEncodingToProtobuf',
    'StructuredAuthenticationConfiguration',
    'WorkloadAwarePreemption',
  ],
}

/** The release that no longer knows a feature gate, among those after one minor and up to another. */
export const gateGoneIn = (gate: string, after: number, upTo: number): number | undefined =>
  [gatesGoneBy, gatesGone].flatMap((table) =>
    Object.keys(table)
      .map(Number)
      .filter((minor) => minor > after && minor <= upTo && table[minor]?.includes(gate) === true),
  )[0]

/** The same as a text: from which release on, if that is known, or at the latest. */
export const gateGoneSince = (gate: string, minor: number): string | undefined => {
  const gone = gateGoneIn(gate, 0, minor)
  if (gone === undefined) return undefined
  return gatesGoneBy[gone]?.includes(gate) === true ? `v1.${gone} or an earlier release` : `v1.${gone}`
}

/** The names in a value of --feature-gates, such as `A=true,kube:B=false`. */
export const gatesIn = (text: string): string[] =>
  text.split(',').flatMap((one) => one.split('=')[0]?.replace(/^.*:/, '').trim() || [])

/** Since when kubeadm has a feature gate of its own, and from which release on it no longer has it: the N of 1.N. */
interface KubeadmGate {
  readonly since: number
  readonly gone?: number
}

/**
 * The feature gates of kubeadm itself (cmd/kubeadm/app/features of 1.23, 1.30, 1.32, 1.34 and 1.37, the help of 1.35, and its pull requests
 * 135773 and 138645). It refuses a configuration with one that it does not know. For IPv6DualStack and UnversionedKubeletConfigMap, the
 * release is the last one in which they can have gone.
 */
export const kubeadmGates: Readonly<Record<string, KubeadmGate>> = {
  IPv6DualStack: { since: 16, gone: 25 },
  PublicKeysECDSA: { since: 19, gone: 37 },
  RootlessControlPlane: { since: 22 },
  UnversionedKubeletConfigMap: { since: 23, gone: 27 },
  EtcdLearnerMode: { since: 27, gone: 33 },
  UpgradeAddonsBeforeControlPlane: { since: 28, gone: 31 },
  WaitForAllControlPlaneComponents: { since: 30, gone: 35 },
  ControlPlaneKubeletLocalMode: { since: 31, gone: 36 },
  NodeLocalCRISocket: { since: 32, gone: 37 },
}
