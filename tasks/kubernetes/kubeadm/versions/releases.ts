/**
 * The table of versions, from the first release in which kubeadm supports several control-plane nodes. A row has what its
 * release changes; everything else is as in the row before.
 *
 * Sources: the release notes of each minor (kubernetes/sig-release), kubeadm's source and its own output (`kubeadm config
 * images list`, `kubeadm PHASE --help`) where a binary was run, minikube's table of images for the others.
 */
import { first, master } from './first-release.ts'
import { initPhases, joinPhases } from './phase-commands.ts'
import type { ReleaseChanges, ReleaseFacts } from './release.ts'

const controlPlane = 'node-role.kubernetes.io/control-plane'

const prepare = ['download-certs', 'certs', 'kubeconfig', 'control-plane'].map(
  (name) => `control-plane-prepare ${name}`,
)

/** The phases of a join from 1.16 on, until `update-status` went. */
const joinWithStatus = [
  'preflight',
  ...prepare,
  'check-etcd',
  'kubelet-start',
  'control-plane-join etcd',
  'control-plane-join update-status',
  'control-plane-join mark-control-plane',
]

/** The rows of the table, oldest first. */
export const releases: readonly [ReleaseFacts, ...ReleaseChanges[]] = [
  first,
  {
    minor: 12,
    configApi: 'v1alpha3',
    reads: ['v1alpha2', 'v1alpha3'],
    phases: { 'upload-config kubelet': { init: ['alpha phase kubelet config annotate-cri'], join: [] } },
    // it does not add the etcd member yet
    controlPlaneFlag: '--experimental-control-plane',
    renewal: 'alpha phase certs renew all',
    keepsSocketIn: 'an annotation of the Node',
    etcd: ['3.2.24', '3.2.24'],
    coredns: '1.2.2',
    pause: '3.1',
  },
  {
    minor: 13,
    configApi: 'v1beta1',
    reads: ['v1alpha3', 'v1beta1'],
    phases: initPhases,
    renewal: 'alpha certs renew all',
    startsKubelet: true,
    etcd: ['3.2.24', '3.2.24'],
    coredns: '1.2.6',
    pause: '3.1',
  },
  {
    minor: 14,
    reads: ['v1beta1'],
    phases: joinPhases,
    joinOrder: [
      'preflight',
      ...prepare,
      'kubelet-start',
      'control-plane-join etcd',
      'control-plane-join update-status',
      'control-plane-join mark-control-plane',
    ],
    uploadCertsFlag: '--experimental-upload-certs',
    joinsControlPlanes: true,
    etcd: ['3.3.10', '3.3.10'],
    coredns: '1.3.1',
    pause: '3.1',
  },
  {
    minor: 15,
    renewsKubeconfigs: true,
    configApi: 'v1beta2',
    reads: ['v1beta1', 'v1beta2'],
    resetPhases: ['preflight', 'update-cluster-status', 'remove-etcd-member', 'cleanup-node'],
    controlPlaneFlag: '--control-plane',
    uploadCertsFlag: '--upload-certs',
    etcd: ['3.3.10', '3.3.10'],
    coredns: '1.3.1',
    pause: '3.1',
  },
  {
    minor: 16,
    readyPath: '/readyz',
    dualStack: 'with the feature gate IPv6DualStack',
    joinOrder: joinWithStatus,
    etcd: ['3.3.15-0', '3.3.15-0'],
    coredns: '1.6.2',
    pause: '3.1',
  },
  {
    minor: 17,
    reloadsCertificate: true,
    phases: { 'kubelet-finalize all': { init: ['init phase kubelet-finalize all'], join: [] } },
    finalizesKubelet: true,
    hasLearners: true,
    etcd: ['3.4.3-0', '3.4.3-0'],
    coredns: '1.6.5',
    pause: '3.1',
  },
  { minor: 18, etcd: ['3.4.3-0', '3.4.3-0'], coredns: '1.6.7', pause: '3.2' },
  { minor: 19, etcd: ['3.4.9-1', '3.4.13-0'], coredns: '1.7.0', pause: '3.2' },
  {
    minor: 20,
    emptyDirFlag: '--delete-emptydir-data',
    tried: 'cluster',
    acceptsNodeIpPair: true,
    renewal: 'certs renew all',
    labels: [master, controlPlane],
    etcdRequestsStorage: true,
    etcd: ['3.4.13-0', '3.4.13-0'],
    coredns: '1.7.0',
    pause: '3.2',
  },
  {
    minor: 21,
    tried: 'kubeadm',
    dualStack: 'yes',
    cgroupDriver: 'systemd',
    etcd: ['3.4.13-0', '3.4.13-0'],
    coredns: 'v1.8.0',
    pause: '3.4.1',
  },
  {
    minor: 22,
    tried: 'not tried',
    configApi: 'v1beta3',
    reads: ['v1beta2', 'v1beta3'],
    registry: 'registry.k8s.io',
    resetPhases: ['preflight', 'remove-etcd-member', 'cleanup-node'],
    etcdRequestsStorage: false,
    etcd: ['3.5.0-0', '3.5.6-0'],
    coredns: 'v1.8.4',
    pause: '3.5',
  },
  { minor: 23, etcd: ['3.5.1-0', '3.5.6-0'], coredns: 'v1.8.6', pause: '3.6' },
  {
    minor: 24,
    tried: 'kubeadm',
    labels: [controlPlane],
    taints: [master, controlPlane],
    kubeletConfigMap: 'kubelet-config',
    etcd: ['3.5.3-0', '3.5.6-0'],
    coredns: 'v1.8.6',
    pause: '3.7',
  },
  {
    minor: 25,
    tried: 'not tried',
    taints: [controlPlane],
    etcd: ['3.5.4-0', '3.5.9-0'],
    coredns: 'v1.9.3',
    pause: '3.8',
  },
  {
    minor: 26,
    validatesConfig: true,
    etcd: ['3.5.6-0', '3.5.10-0'],
    coredns: 'v1.9.3',
    pause: '3.9',
  },
  { minor: 27, reads: ['v1beta3'], etcd: ['3.5.7-0', '3.5.12-0'], coredns: 'v1.10.1', pause: '3.9' },
  // --experimental-*, for every tag (kubeadm/app/phases/etcd of 1.28, 1.30 and 1.32)
  {
    minor: 28,
    tried: 'kubeadm',
    kubeletSkew: 3,
    etcdUpTo: 6,
    etcd: ['3.5.9-0', '3.5.15-0'],
    coredns: 'v1.10.1',
    pause: '3.9',
  },
  {
    minor: 29,
    tried: 'kubeadm',
    // `kubeconfig all` would also create super-admin.conf, which only the first control-plane node should have
    phases: {
      'kubeconfig all': {
        init: ['admin', 'kubelet', 'controller-manager', 'scheduler'].map(
          (name) => `init phase kubeconfig ${name}`,
        ),
        join: ['join phase control-plane-prepare kubeconfig'],
      },
    },
    hasSuperAdmin: true,
    etcd: ['3.5.10-0', '3.5.16-0'],
    coredns: 'v1.11.1',
    pause: '3.9',
  },
  {
    minor: 30,
    tried: 'kubeadm',
    joinOrder: [...joinWithStatus, 'wait-control-plane'],
    etcd: ['3.5.12-0', '3.5.15-0'],
    coredns: 'v1.11.3',
    pause: '3.9',
  },
  {
    minor: 31,
    tried: 'judged',
    joinOrder: [
      'preflight',
      ...prepare,
      'check-etcd',
      'kubelet-start',
      'control-plane-join etcd',
      'control-plane-join mark-control-plane',
      'wait-control-plane',
    ],
    configApi: 'v1beta4',
    reads: ['v1beta3', 'v1beta4'],
    argumentsAs: 'list',
    dryRunsPhases: true,
    disablesAddons: true,
    // an upgrade to 1.37 must not change the configuration
    proxyMode: 'iptables',
    etcd: ['3.5.15-0', '3.5.24-0'],
    coredns: 'v1.11.3',
    pause: '3.10',
  },
  { minor: 32, tried: 'kubeadm', etcd: ['3.5.16-0', '3.5.24-0'], coredns: 'v1.11.3', pause: '3.10' },
  {
    minor: 33,
    tried: 'kubeadm',
    // `control-plane-join etcd` does nothing from here on
    phases: { 'etcd local': { init: ['init phase etcd local'], join: ['join phase etcd-join'] } },
    joinOrder: [
      'preflight',
      ...prepare,
      'check-etcd',
      'kubelet-start',
      'etcd-join',
      'control-plane-join etcd',
      'control-plane-join mark-control-plane',
      'wait-control-plane',
    ],
    etcd: ['3.5.21-0', '3.5.24-0'],
    coredns: 'v1.12.0',
    pause: '3.10',
  },
  {
    minor: 34,
    tried: 'cluster',
    keepsSocketIn: 'instance-config.yaml',
    etcd: ['3.6.4-0', '3.6.5-0'],
    // from here on, it asks the tag for 3.6
    etcdUpTo: undefined,
    coredns: 'v1.12.1',
    pause: '3.10.1',
  },
  {
    minor: 35,
    tried: 'cluster',
    warnsOfContainerd1: true,
    joinOrder: [
      'preflight',
      ...prepare,
      'kubelet-start',
      'etcd-join',
      'kubelet-wait-bootstrap',
      'control-plane-join mark-control-plane',
      'wait-control-plane',
    ],
    cgroupV1: 'only with failCgroupV1: false',
    etcd: ['3.6.6-0', '3.6.6-0'],
    coredns: 'v1.13.1',
    pause: '3.10.1',
  },
  { minor: 36, tried: 'cluster', etcd: ['3.6.8-0', '3.6.8-0'], coredns: 'v1.14.2', pause: '3.10.2' },
  {
    minor: 37,
    tried: 'cluster',
    reads: ['v1beta4'],
    etcd: ['3.7.0-0', '3.7.0-0'],
    // --feature-gates and --watch-progress-notify-interval, for every tag
    etcdFrom: 6,
    coredns: 'v1.14.6',
    pause: '3.10.2',
  },
]
