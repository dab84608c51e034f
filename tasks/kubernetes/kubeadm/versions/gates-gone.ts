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
  Object.keys(gatesGone)
    .map(Number)
    .find((minor) => minor > after && minor <= upTo && gatesGone[minor]?.includes(gate) === true)

/** The names in a value of --feature-gates, such as `A=true,kube:B=false`. */
export const gatesIn = (text: string): string[] =>
  text.split(',').flatMap((one) => one.split('=')[0]?.replace(/^.*:/, '').trim() || [])
