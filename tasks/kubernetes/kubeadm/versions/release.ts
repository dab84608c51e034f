/** The shape of the table of versions. */

/** Versions of kubeadm's configuration. */
export type ConfigVersion = 'v1alpha2' | 'v1alpha3' | 'v1beta1' | 'v1beta2' | 'v1beta3' | 'v1beta4'

/** The phases that tasks run, by the names that `kubeadm init` has for them since 1.13. */
export const phaseNames = [
  'certs all',
  'kubelet-start',
  'kubeconfig kubelet',
  'kubeconfig all',
  'etcd local',
  'control-plane all',
  'mark-control-plane',
  'upload-config kubelet',
  'kubelet-finalize all',
] as const
/** A phase that tasks run. */
export type PhaseName = (typeof phaseNames)[number]

/** Whether the phases are those of `kubeadm init`, or of `kubeadm join` (1.14 and later). */
export const flows = ['init', 'join'] as const
/** The command whose phases are run. */
export type Flow = (typeof flows)[number]

/** The arguments for kubeadm that run each phase, in order; no arguments where the release does not have the phase. */
export type PhaseCommands = Readonly<Record<PhaseName, Readonly<Record<Flow, readonly string[]>>>>

/** Facts of one minor release of Kubernetes and its kubeadm. */
export interface ReleaseFacts {
  /** The N of 1.N. */
  readonly minor: number
  /**
   * What was compared with this row: a real cluster in the tests, what kubeadm accepts and says of itself, only what it says of
   * itself, or nothing.
   */
  readonly tried: 'cluster' | 'judged' | 'kubeadm' | 'not tried'
  /** The newest configuration version that it reads without a warning. */
  readonly configApi: ConfigVersion
  /** Every configuration version that it reads. */
  readonly reads: readonly ConfigVersion[]
  /** The form of `extraArgs` and `kubeletExtraArgs`: a map, or a list of names and values (v1beta4). */
  readonly argumentsAs: 'map' | 'list'
  readonly phases: PhaseCommands
  /** The phases of `kubeadm join` for a control-plane node in their order, with the inner ones after a space. */
  readonly joinOrder: readonly string[]
  /** The phases of `kubeadm reset`; none before 1.15. */
  readonly resetPhases: readonly string[]
  /** The flag with which `kubeadm join` creates a control-plane node; undefined before 1.12. */
  readonly controlPlaneFlag: string | undefined
  /** The flag of `kubeadm init` that uploads the certificates; undefined before 1.14. */
  readonly uploadCertsFlag: string | undefined
  /** The arguments for kubeadm that renew all certificates; undefined before 1.12. */
  readonly renewal: string | undefined
  /** Whether that also renews the certificates in kubeconfigs. */
  readonly renewsKubeconfigs: boolean
  /** Whether `kubeadm join` adds the etcd member and creates a control-plane node by itself. */
  readonly joinsControlPlanes: boolean
  /** Whether all phases of `kubeadm init` that write files have `--dry-run`, into a folder of the caller (KUBEADM_INIT_DRYRUN_DIR). */
  readonly dryRunsPhases: boolean
  /** Whether the configuration can disable CoreDNS and kube-proxy; kubeadm also notes there that their phases were skipped. */
  readonly disablesAddons: boolean
  /** Whether it has `config validate`; before, `config migrate` warns of unknown fields. */
  readonly validatesConfig: boolean
  /** Whether the phase kubelet-start starts the kubelet; before, phases only write its files. */
  readonly startsKubelet: boolean
  /** Whether kubeadm replaces the certificate in kubelet.conf by one that the kubelet renews. */
  readonly finalizesKubelet: boolean
  /** Whether etcd has members without a vote (etcd 3.4 and later). */
  readonly hasLearners: boolean
  /** Whether the first control-plane node has a super-admin.conf. */
  readonly hasSuperAdmin: boolean
  /** Labels of a control-plane node. */
  readonly labels: readonly string[]
  /** Keys of the taints of a control-plane node. */
  readonly taints: readonly string[]
  /** Where kubeadm keeps the socket of a node's container runtime. */
  readonly keepsSocketIn: 'nothing' | 'an annotation of the Node' | 'instance-config.yaml'
  /** The name of the ConfigMap with the kubelets' configuration; `{minor}` is the number of the release. */
  readonly kubeletConfigMap: string
  /** Whether the kubelet runs on a host with cgroup v1. */
  readonly cgroupV1: 'runs' | 'only with failCgroupV1: false'
  /** The cgroup driver that kubeadm gives to kubelets where none is configured (release notes of 1.21). */
  readonly cgroupDriver: 'cgroupfs' | 'systemd'
  /** The mode that kube-proxy gets where the user wants none: 1.37 warns about an unset one. */
  readonly proxyMode: 'iptables' | undefined
  /** Whether an API server reads a new certificate for itself without a restart. */
  readonly reloadsCertificate: boolean
  /** The path at which an API server says whether it is ready. */
  readonly readyPath: '/healthz' | '/readyz'
  /** Whether pods and services can have networks of both families of addresses. */
  readonly dualStack: 'no' | 'with the feature gate IPv6DualStack' | 'yes'
  /** Whether a kubelet accepts an address of each family as its --node-ip (kubernetes pull request 95239). */
  readonly acceptsNodeIpPair: boolean
  /** The registry of the default images in the last patch release. */
  readonly registry: 'k8s.gcr.io' | 'registry.k8s.io'
  /** The tags of the default etcd image in the first and the last patch release. */
  readonly etcd: readonly [first: string, last: string]
  /** The N of the first 3.N that knows the arguments with which kubeadm starts etcd; 0 where that is not known. */
  readonly etcdFrom: number
  /** The N of the last 3.N that knows them; undefined where kubeadm asks the tag, or that is not known. */
  readonly etcdUpTo: number | undefined
  /** The tag of the default CoreDNS image. */
  readonly coredns: string
  /** The tag of the default pause image. */
  readonly pause: string
  /** Whether etcd's static pod requests disk space, which a kubelet that has just started can refuse. */
  readonly etcdRequestsStorage: boolean
  /** The flag of `kubectl drain` for pods with emptyDir volumes (kubernetes pull request 95076). */
  readonly emptyDirFlag: '--delete-local-data' | '--delete-emptydir-data'
  /** By how many minor releases a kubelet can be older than its API server (Kubernetes, "Version Skew Policy"). */
  readonly kubeletSkew: 2 | 3
  /** Whether kubeadm warns that a later release refuses containerd 1 (preflight, ContainerRuntimeVersion). */
  readonly warnsOfContainerd1: boolean
}

/** A row of the table: the facts that this release changes. */
export type ReleaseChanges = Pick<ReleaseFacts, 'minor' | 'etcd' | 'coredns' | 'pause'> &
  Partial<Omit<ReleaseFacts, 'phases'>> & { readonly phases?: Partial<PhaseCommands> }
