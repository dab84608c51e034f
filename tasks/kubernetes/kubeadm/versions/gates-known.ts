/** Feature gates by the releases whose sources have them: 1.20, 1.28, 1.30, 1.32, 1.34 and 1.37. */

/** The words of a text. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/**
 * Feature gates that a release no longer knows, and the one before in the list above does: they went with this release, or with one in
 * between. The API server of 1.37.2 refuses each of them.
 */
export const gatesGoneBy: Readonly<Record<number, readonly string[]>> = {
  28: words(`
    AdvancedAuditing AllowInsecureBackendProxy AttachVolumeLimit BalanceAttachedNodeVolumes BlockVolume
    BoundServiceAccountTokenVolume CRIContainerLogRotation CSIBlockVolume CSIDriverRegistry
    CSIInlineVolume CSIMigration CSIMigrationAWS CSIMigrationAWSComplete CSIMigrationAzureDisk
    CSIMigrationAzureDiskComplete CSIMigrationAzureFileComplete CSIMigrationGCE CSIMigrationGCEComplete
    CSIMigrationOpenStack CSIMigrationOpenStackComplete CSIMigrationvSphereComplete CSINodeInfo
    CSIServiceAccountToken CSIStorageCapacity CSIVolumeFSGroupPolicy ConfigurableFSGroupPolicy
    CronJobControllerV2 DefaultPodTopologySpread DevicePlugins DisableAcceleratorUsageMetrics DryRun
    DynamicKubeletConfig EndpointSlice EndpointSliceNodeName EndpointSliceProxying
    EndpointSliceTerminatingCondition EphemeralContainers EvenPodsSpread ExpandCSIVolumes
    ExpandInUsePersistentVolumes ExpandPersistentVolumes ExternalPolicyForExternalIP
    GenericEphemeralVolume HugePageStorageMediumSize HyperVContainer IPv6DualStack
    ImmutableEphemeralVolumes KubeletCredentialProviders LegacyNodeRoleBehavior
    LocalStorageCapacityIsolation MixedProtocolLBService NodeDisruptionExclusion NodeLease
    NonPreemptingPriority PodDisruptionBudget PodOverhead RootCAConfigMap RotateKubeletClientCertificate
    RunAsGroup RuntimeClass SCTPSupport SelectorIndex ServiceAccountIssuerDiscovery ServiceAppProtocol
    ServiceLBNodePortControl ServiceNodeExclusion ServiceTopology SetHostnameAsFQDN StartupProbe
    StorageObjectInUseProtection StreamingProxyRedirects SupportNodePidsLimit SupportPodPidsLimit
    Sysctls TTLAfterFinished TokenRequest TokenRequestProjection ValidateProxyRedirects
    VolumePVCDataSource VolumeSnapshotDataSource VolumeSubpath WarningHeaders
    WindowsEndpointSliceProxying WindowsGMSA WindowsRunAsUserName
  `),
  30: words(`
    APISelfSubjectReview CSIMigrationAzureFile CSIMigrationvSphere CronJobTimeZone DownwardAPIHugePages
    ExpandedDNSConfig ExperimentalHostUserNamespaceDefaulting GRPCContainerProbe
    IPTablesOwnershipCleanup JobMutableNodeSchedulingDirectives JobTrackingWithFinalizers
    KubeletPodResources KubeletPodResourcesGetAllocatable LegacyServiceAccountTokenNoAutoGeneration
    LegacyServiceAccountTokenTracking MinimizeIPTablesRestore MultiCIDRRangeAllocator OpenAPIV3
    ProbeTerminationGracePeriod ProxyTerminatingEndpoints RemoveSelfLink RetroactiveDefaultStorageClass
    SeccompDefault SecurityContextDeny TopologyManager
  `),
  32: words(`
    APIPriorityAndFairness CSIMigrationRBD CSINodeExpandSecret 
    CloudDualStackNodeIPs ConsistentHTTPGetHandlers CustomResourceValidationExpressions
    DefaultHostNetworkHostPortsInPodTemplates HPAContainerMetrics InTreePluginAWSUnregister
    InTreePluginAzureDiskUnregister InTreePluginAzureFileUnregister InTreePluginGCEUnregister
    InTreePluginOpenStackUnregister InTreePluginRBDUnregister InTreePluginvSphereUnregister JobReadyPods
    KMSv2 KMSv2KDF LegacyServiceAccountTokenCleanUp MinDomainsInPodTopologySpread
    NewVolumeManagerReconstruction NodeOutOfServiceVolumeDetach PodHostIPs ReadWriteOncePod
    ServerSideApply ServerSideFieldValidation ServiceNodePortStaticSubrange SkipReadOnlyValidationGCE
    StableLoadBalancerNodeSet ValidatingAdmissionPolicy ZeroLimitedNominalConcurrencyShares
  `),
  34: words(`
    APIListChunking AdmissionWebhookMatchConditions AggregatedDiscoveryEndpoint AppArmor AppArmorFields
    CPUManager DevicePluginCDIDevices DisableCloudProviders DisableKubeletCloudCredentialProviders
    EfficientWatchResumption ElasticIndexedJob JobPodFailurePolicy KubeProxyDrainingTerminatingNodes
    PDBUnhealthyPodEvictionPolicy PersistentVolumeLastPhaseTransitionTime PodDisruptionConditions
    RemainingItemCount StatefulSetStartOrdinal VolumeCapacityPriority WatchBookmark
  `),
}

/** All feature gates of a release: those in its sources, and in the help of its programs. */
export const gatesKnown: Readonly<Record<number, ReadonlySet<string>>> = {
  37: new Set(
    words(`
    APIResponseCompression APIServerIdentity APIServerWebhookAuthenticationToken APIServingWithRoutine
    AggregatedDiscoveryRemoveBetaType AllAlpha AllBeta AllowDNSOnlyNodeCSR
    AllowInsecureKubeletCertificateSigningRequests AllowOverwriteTerminationGracePeriodSeconds
    AllowParsingUserUIDFromCertAuth AllowServiceExternalIPs AllowUnsafeMalformedObjectDeletion
    AtomicFIFO AtomicWriteVolumeUserFields AuthorizePodWebsocketUpgradeCreatePermission
    CBORServingAndStorage CPUManagerPolicyAlphaOptions CPUManagerPolicyBetaOptions
    CPUManagerPolicyOptions CRDObservedGenerationTracking CRDValidationRatcheting CRIListStreaming
    CSIServiceAccountTokenSecrets CSIVolumeHealth ChangeContainerStatusOnKubeletRestart
    ClearingNominatedNodeNameAfterBinding ClientsAllowCARotation ClientsAllowCBOR ClientsAllowTLSCacheGC
    ClientsPreferCBOR CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook
    ClusterTrustBundle ClusterTrustBundleProjection ComponentFlagz ComponentStatusz CompositePodGroup
    ConcurrentWatchObjectDecode ConsistentListFromCacheSkipTimeoutFallback ConstrainedImpersonation
    ContainerCheckpoint ContainerRestartRules ContainerStopSignals ContextualLogging
    ControllerManagerReleaseLeaderElectionLockOnExit CoordinatedLeaderElection
    CrossNamespaceVolumeDataSource CustomCPUCFSQuotaPeriod CustomResourceFieldSelectors DRAAdminAccess
    DRAConsumableCapacity DRADerivedAttributes DRADeviceBindingConditions DRADeviceCompatibilityGroups
    DRADeviceTaintRules DRADeviceTaints DRAExtendedResource DRAFractionalCapacityRange
    DRAListTypeAttributes DRANodeAllocatableResources DRAOptionalNodeOperations DRAPartitionableDevices
    DRAPartitionableDevicesType DRAPrioritizedList DRAResourceClaimDeviceStatus
    DRAResourceClaimGranularStatusAuthorization DRAResourcePoolStatus DRASchedulerFilterTimeout
    DRAWorkloadResourceClaims DeclarativeValidation DeclarativeValidationBeta
    DeclarativeValidationTakeover DefaultPodSysctls DeploymentReplicaSetTerminatingReplicas
    DetectCacheInconsistency DisableAllocatorDualWrite DisableCPUQuotaWithExclusiveCPUs
    DisableNodeKubeProxyVersion DynamicResourceAllocation EmptyDirVolumeMode EnvFiles EtcdRangeStream
    EventedPLEG EvictionRequestAPI ExcludeAdmissionWebhookVirtualResources ExecProbeTimeout
    ExtendWebSocketsToKubelet ExternalServiceAccountTokenSigner GRPCContainerProbeTLS GenericWorkload
    GitRepoVolumeDriver GracefulNodeShutdown GracefulNodeShutdownBasedOnPodPriority H2CContainerProbe
    HPAConfigurableTolerance HPAGeneration HPAOptimizedSelectorStore HPAScaleToZero HostnameOverride
    HugepageAwareEviction ImageMaximumGCAge ImageVolume ImageVolumeWithDigest InOrderInformers
    InOrderInformersBatchProcess InPlacePodLevelResourcesVerticalScaling InPlacePodVerticalScaling
    InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory
    InPlacePodVerticalScalingInitContainers InPlacePodVerticalScalingMemoryBackedVolumes
    InPlacePodVerticalScalingSchedulerPreemption InformerResourceVersion
    InterPodAffinityHostnameFastPath JobManagedBy KMSv1 KubeProxyIPVS
    KubeProxyNFTablesLocalhostNodePorts KubeletAllocatedPodsEndpoint KubeletCgroupDriverFromCRI
    KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages KubeletFineGrainedAuthz
    KubeletInUserNamespace KubeletPSI KubeletPodResourcesDynamicResources KubeletPodResourcesGet
    KubeletPodResourcesListUseActivePods KubeletRegistrationGetOnExistsOnly KubeletSeparateDiskGC
    KubeletServiceAccountTokenForCredentialProviders KubeletTracing ListFromCacheSnapshot
    LocalStorageCapacityIsolationFSQuotaMonitoring LoggingAlphaOptions LoggingBetaOptions
    LoggingStableOptions ManifestBasedAdmissionControlConfig MatchLabelKeysInPodAffinity
    MatchLabelKeysInPodTopologySpread MatchLabelKeysInPodTopologySpreadSelectorMerge
    MaxUnavailableStatefulSet MemoryQoS MultiCIDRServiceAllocator MutableCSINodeAllocatableCount
    MutablePVNodeAffinity MutablePodResourcesForSuspendedJobs
    MutableSchedulingDirectivesForSuspendedJobs MutatingAdmissionPolicy MyFeature NFTablesNetlink
    NFTablesProxyMode NativeHistograms NodeControllerLeaseCircuitBreaker NodeDeclaredFeatures
    NodeInclusionPolicyInPodTopologySpread NodeLifecycleConditions NodeLogQuery NodeSwap
    NominatedNodeNameForExpectation OpenAPIEnums OpportunisticBatching PLEGOnDemandRelist
    PersistentVolumeClaimUnusedSinceTime PodAndContainerStatsFromCRI PodCertificateRequest
    PodDeletionCost PodGroupPreemptionPolicy PodLevelResourceManagers PodLevelResources
    PodLevelResourcesFixDefaulting PodLevelResourcesFixKubeletQOSClass PodLogsQuerySplitStreams
    PodObservedGenerationTracking PodReadyToStartContainersCondition PodSchedulingReadiness
    PodTopologyLabelsAdmission PodsAPI PortForwardWebsockets PreferSameTrafficDistribution ProcMountType
    QOSReserved RecoverVolumeExpansionFailure RecursiveReadOnlyMounts ReduceDefaultCrashLoopBackOffDecay
    RelaxedEnvironmentVariableValidation RelaxedServiceNameValidation ReloadKubeletClientCAFile
    ReloadKubeletServerCertificateFile RemoteRequestHeaderUID ResourceHealthStatus
    ResourceHealthStatusMessage RestartAllContainersOnContainerExits RotateKubeletServerCertificate
    RuntimeClassInImageCriApi SELinuxChangePolicy SELinuxMount SELinuxMountReadWriteOncePod
    SchedulerAsyncAPICalls SchedulerAsyncPreemption SchedulerPopFromBackoffQ SchedulerPreQueueingHints
    SeparateCacheWatchRPC SeparateTaintEvictionController ServiceAccountNodeAudienceRestriction
    ServiceAccountTokenJTI ServiceAccountTokenNodeBinding ServiceAccountTokenNodeBindingValidation
    ServiceAccountTokenPodNodeInfo ServiceCIDRStatusFieldWiping ShardedListAndWatch
    SizeBasedListCostEstimate StaleControllerConsistencyDaemonSet StaleControllerConsistencyHPA
    StaleControllerConsistencyJob StaleControllerConsistencyReplicaSet
    StaleControllerConsistencyStatefulSet StatefulSetRecreateStrategy
    StatefulSetSemanticRevisionComparison StorageCapacityScoring StorageNamespaceIndex StorageVersionAPI
    StorageVersionHash StorageVersionMigrator StrictIPCIDRValidation
    StructuredAuthenticationConfigurationEgressSelector StructuredAuthenticationConfigurationJWKSMetrics
    SupplementalGroupsPolicy SystemdWatchdog TaintTolerationComparisonOperators
    TokenRequestServiceAccountUIDValidation TopologyAwareWorkloadScheduling
    TopologyManagerPolicyAlphaOptions TopologyManagerPolicyBetaOptions TopologyManagerPolicyOptions
    TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation
    UnknownVersionInteroperabilityProxy UnlockWhileProcessingFIFO UserNamespacesHostNetworkSupport
    UserNamespacesSupport VolumeAttributesClass VolumeBindMountOptions VolumeLimitScaling
    WatchCacheInitializationPostStartHook WatchList WatchListClient WatchListCompression
    WebhookRoundTripLoadBalancing WinDSR WinOverlay WindowsCPUAndMemoryAffinity
    WindowsGracefulNodeShutdown WindowsHostNetwork WorkloadWithJob
    `),
  ),
}
