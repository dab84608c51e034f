/**
 * Flags that a release no longer knows: a program that is started with one of them ends at once.
 *
 * What the changelogs of Kubernetes say (the numbers are those of its pull requests), and what the sources of 1.37 confirm.
 */

import { etcdFlagGoneIn } from './etcd-flags.ts'

/** Programs of Kubernetes with arguments of the user. */
export type KubernetesProgram = 'apiServer' | 'controllerManager' | 'scheduler' | 'kubelet'

/** Programs with arguments or feature gates of the user. */
export type Program = KubernetesProgram | 'etcd' | 'kubeProxy'

/** How messages name the programs. */
export const programNames: Readonly<Record<Program, string>> = {
  apiServer: 'the API server',
  controllerManager: 'the controller manager',
  scheduler: 'the scheduler',
  kubelet: 'the kubelet',
  etcd: 'etcd',
  kubeProxy: 'kube-proxy',
}

/** CHANGELOG-1.26: only -v and --vmodule are left of klog's (112120, KEP 2845). */
const klog = [
  'add-dir-header',
  'alsologtostderr',
  'log-backtrace-at',
  'log-dir',
  'log-file',
  'log-file-max-size',
  'logtostderr',
  'one-output',
  'skip-headers',
  'skip-log-headers',
  'stderrthreshold',
]

/** Flags by the N of the release that no longer knows them, without dashes. */
type Gone = Readonly<Record<number, readonly string[]>>

/** Those of the programs of Kubernetes 1.N. */
export const flagsGone: Readonly<Record<KubernetesProgram, Gone>> = {
  apiServer: {
    // CHANGELOG-1.19: 89069
    19: ['basic-auth-file'],
    // CHANGELOG-1.24: 106859, 108423, 108448, 108457
    24: [
      'address',
      'insecure-bind-address',
      'port',
      'insecure-port',
      'experimental-encryption-provider-config',
      'deserialization-cache-size',
      'target-ram-mb',
    ],
    // CHANGELOG-1.25: 108624
    25: ['service-account-api-audiences'],
    26: klog,
    // CHANGELOG-1.27: 114446
    27: ['master-service-namespace'],
    // 130162
    33: ['cloud-provider', 'cloud-config'],
  },
  controllerManager: {
    // CHANGELOG-1.24: 106860
    24: ['address', 'port'],
    // CHANGELOG-1.25: 108476, 109612
    25: [
      'experimental-cluster-signing-duration',
      'deleting-pods-qps',
      'deleting-pods-burst',
      'register-retry-count',
    ],
    26: klog,
    // CHANGELOG-1.27: 115840
    27: ['enable-taint-manager', 'pod-eviction-timeout'],
    // CHANGELOG-1.31: 124017
    31: ['volume-host-cidr-denylist', 'volume-host-allow-local-loopback'],
    // CHANGELOG-1.37: 138002
    37: ['concurrent-service-syncs'],
  },
  scheduler: {
    // CHANGELOG-1.23: "The legacy scheduler policy config is removed"
    23: ['policy-config-file', 'policy-configmap', 'policy-configmap-namespace', 'use-legacy-policy-config'],
    // CHANGELOG-1.24: 106865
    24: ['address', 'port'],
    26: klog,
  },
  kubelet: {
    // CHANGELOG-1.24: 106907
    24: [
      'experimental-dockershim-root-directory',
      'docker-endpoint',
      'image-pull-progress-deadline',
      'network-plugin',
      'cni-conf-dir',
      'cni-bin-dir',
      'cni-cache-dir',
      'network-plugin-mtu',
    ],
    26: klog,
    // CHANGELOG-1.27: 114017, 116015
    27: ['container-runtime', 'master-service-namespace'],
    // CHANGELOG-1.31: 122082, 122363
    31: ['keep-terminated-pod-volumes', 'iptables-masquerade-bit', 'iptables-drop-bit'],
    // CHANGELOG-1.34: 130161
    34: ['cloud-config'],
    // CHANGELOG-1.35: 133779
    35: ['pod-infra-container-image'],
    // CHANGELOG-1.37: 139870, those of cAdvisor
    37: [
      'application-metrics-count-limit',
      'boot-id-file',
      'container-hints',
      'containerd',
      'containerd-namespace',
      'enable-load-reader',
      'event-storage-age-limit',
      'event-storage-event-limit',
      'global-housekeeping-interval',
      'log-cadvisor-usage',
      'machine-id-file',
      'storage-driver-user',
      'storage-driver-password',
      'storage-driver-host',
      'storage-driver-db',
      'storage-driver-table',
      'storage-driver-secure',
      'storage-driver-buffer-duration',
    ],
  },
}

/**
 * Flags that 1.20.2 has and 1.34.4 refuses, and of which no source here says in between when they went. The test
 * programs-settings.test.ts compares both programs with these tables.
 */
export const flagsGoneBy34: Readonly<Record<KubernetesProgram, readonly string[]>> = {
  apiServer: [
    'cloud-provider-gce-l7lb-src-cidrs',
    'experimental-logging-sanitization',
    'identity-lease-duration-seconds',
    'identity-lease-renew-interval-seconds',
  ],
  controllerManager: ['concurrent', 'deployment-controller-sync-period', 'experimental-logging-sanitization'],
  scheduler: [
    'algorithm-provider',
    'experimental-logging-sanitization',
    'hard-pod-affinity-symmetric-weight',
    'lock-object-name',
    'lock-object-namespace',
    'scheduler-name',
  ],
  kubelet: [
    'azure-container-registry-config',
    'chaos-chance',
    'docker',
    'docker-env-metadata-whitelist',
    'docker-only',
    'docker-root',
    'docker-tls',
    'docker-tls-ca',
    'docker-tls-cert',
    'docker-tls-key',
    'dynamic-config-dir',
    'enable-cadvisor-json-endpoints',
    'experimental-bootstrap-kubeconfig',
    'experimental-check-node-capabilities-before-mount',
    'experimental-kernel-memcg-notification',
    'experimental-logging-sanitization',
    'non-masquerade-cidr',
    'really-crash-for-testing',
    'redirect-container-streaming',
    'register-schedulable',
    'seccomp-profile-root',
  ],
}

/** The release in which flags are refused whose end is not known more exactly. */
const by = 34

/** Flags with another name now, by their former one. */
export const flagsNow: Readonly<Record<string, string>> = {
  'experimental-encryption-provider-config': 'encryption-provider-config',
  'service-account-api-audiences': 'api-audiences',
  'experimental-cluster-signing-duration': 'cluster-signing-duration',
}

/** A flag as the table has it: the programs of Kubernetes take underscores for dashes. */
export const dashed = (flag: string): string => flag.replaceAll('_', '-')

const goneIn = (gone: Gone, flag: string, after: number, upTo: number): number | undefined =>
  Object.entries(gone)
    .map(([minor, flags]) => ({ minor: Number(minor), flags }))
    .find(({ minor, flags }) => minor > after && minor <= upTo && flags.includes(flag))?.minor

/** The N of the Kubernetes 1.N that no longer knows a flag of a program, among those after one and up to another. */
export const kubernetesFlagGoneIn = (
  program: KubernetesProgram,
  flag: string,
  after: number,
  upTo: number,
): number | undefined =>
  goneIn(flagsGone[program], dashed(flag), after, upTo) ??
  goneIn({ [by]: flagsGoneBy34[program] }, dashed(flag), after, upTo)

/** The releases whose programs a cluster runs. */
export interface ProgramReleases {
  /** The N of Kubernetes 1.N. */
  readonly kubernetes: number
  /** The N of etcd 3.N; undefined if it is not known, as with a tag of the user. */
  readonly etcd: number | undefined
}

/**
 * The version of a program from which on it no longer knows a flag, such as `v1.37`, or `3.7` of etcd; undefined if it knows the flag,
 * or if that is not known.
 */
export const flagGoneSince = (
  program: KubernetesProgram | 'etcd',
  flag: string,
  { kubernetes, etcd = 0 }: ProgramReleases,
): string | undefined => {
  if (program === 'etcd') {
    const minor = etcdFlagGoneIn(flag, 0, etcd)
    return minor === undefined ? undefined : `3.${minor}`
  }
  const minor = kubernetesFlagGoneIn(program, flag, 0, kubernetes)
  if (minor === undefined) return undefined
  return flagsGoneBy34[program].includes(dashed(flag)) ? `v1.${minor} or an earlier release` : `v1.${minor}`
}
