/** The first row of the table of versions: all facts of 1.11. */
import { alphaPhases } from './phase-commands.ts'
import type { ReleaseFacts } from './release.ts'

/** The label and taint of control-plane nodes, up to 1.24. */
export const master = 'node-role.kubernetes.io/master'

/** The first release in which kubeadm supports several control-plane nodes. */
export const first: ReleaseFacts = {
  minor: 11,
  tried: 'not tried',
  configApi: 'v1alpha2',
  reads: ['v1alpha2'],
  argumentsAs: 'map',
  phases: alphaPhases,
  joinOrder: [],
  resetPhases: [],
  controlPlaneFlag: undefined,
  uploadCertsFlag: undefined,
  renewal: undefined,
  renewsKubeconfigs: false,
  joinsControlPlanes: false,
  dryRunsPhases: false,
  disablesAddons: false,
  validatesConfig: false,
  startsKubelet: false,
  finalizesKubelet: false,
  hasLearners: false,
  hasSuperAdmin: false,
  labels: [master],
  taints: [master],
  keepsSocketIn: 'nothing',
  kubeletConfigMap: 'kubelet-config-1.{minor}',
  cgroupV1: 'runs',
  proxyMode: undefined,
  reloadsCertificate: false,
  readyPath: '/healthz',
  cgroupDriver: 'cgroupfs',
  dualStack: 'no',
  acceptsNodeIpPair: false,
  registry: 'k8s.gcr.io',
  etcd: ['3.2.18', '3.2.18'],
  etcdFrom: 0,
  etcdUpTo: undefined,
  coredns: '1.1.3',
  pause: '3.1',
  etcdRequestsStorage: false,
  emptyDirFlag: '--delete-local-data',
  kubeletSkew: 2,
  warnsOfContainerd1: false,
}
