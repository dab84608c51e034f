/**
 * Flags that a release no longer knows: a program that is started with one of them ends at once.
 *
 * What the changelogs of Kubernetes say (the numbers are those of its pull requests), and what the sources of 1.37 confirm.
 */

/** Programs with arguments of the user. */
export type Program = 'apiServer' | 'controllerManager' | 'scheduler' | 'etcd' | 'kubelet'

/** How messages name the programs. */
export const programNames: Readonly<Record<Program, string>> = {
  apiServer: 'the API server',
  controllerManager: 'the controller manager',
  scheduler: 'the scheduler',
  etcd: 'etcd',
  kubelet: 'the kubelet',
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

/** By the release that no longer knows them, without dashes; `experimental-*` for all with this beginning. */
export const flagsGone: Readonly<Record<Program, Readonly<Record<number, readonly string[]>>>> = {
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
  etcd: {
    // etcd 3.7, which kubeadm of 1.37 brings
    37: ['experimental-*'],
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

/** Flags with another name now, by their former one. */
export const flagsNow: Readonly<Record<string, string>> = {
  'experimental-encryption-provider-config': 'encryption-provider-config',
  'service-account-api-audiences': 'api-audiences',
  'experimental-cluster-signing-duration': 'cluster-signing-duration',
}

/** A flag as the table has it: the programs of Kubernetes take underscores for dashes. */
export const dashed = (flag: string): string => flag.replaceAll('_', '-')

const isAmong = (flags: readonly string[], flag: string): boolean =>
  flags.some((one) => (one.endsWith('*') ? flag.startsWith(one.slice(0, -1)) : one === flag))

/** The release that no longer knows a flag of a program, among those after one minor and up to another. */
export const flagGoneIn = (program: Program, flag: string, after: number, upTo: number): number | undefined =>
  Object.entries(flagsGone[program])
    .map(([minor, flags]) => ({ minor: Number(minor), flags }))
    .find(({ minor, flags }) => minor > after && minor <= upTo && isAmong(flags, dashed(flag)))?.minor
