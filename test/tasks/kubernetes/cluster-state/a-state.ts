/** The state of a healthy cluster of three, and changes of it. */
import { certificateFiles } from '../../../../tasks/kubernetes/kubeadm/certificates.ts'
import { known } from '../../../../tasks/kubernetes/cluster-state/known.ts'
import type {
  CertificateState,
  ClusterState,
  EtcdState,
  HostState,
  MasterView,
} from '../../../../tasks/kubernetes/cluster-state/types.ts'

/** 2027-01-15, in seconds since 1970. */
export const clock = 1_800_000_000

export const certificate = (path: string, changed: Partial<CertificateState> = {}): CertificateState => ({
  path,
  authority: false,
  fingerprint: `of ${path}`,
  from: '2026-11-29T00:00:00.000Z',
  to: '2027-11-29T00:00:00.000Z',
  daysLeft: 318,
  ...changed,
})

const pod = (name: string, version: string, given: Readonly<Record<string, string>> = {}) => ({
  name,
  image: `registry.example/${name}:${version}`,
  version,
  arguments: given,
})

export const host = (changed: Partial<HostState> = {}): HostState => ({
  clock,
  ahead: { least: -0.5, most: 0.5 },
  programs: { kubelet: 'v1.37.2', kubeadm: 'v1.37.2', kubectl: 'v1.37.2' },
  kubelet: 'active',
  certificates: [
    certificate('/etc/kubernetes/pki/ca.crt', { authority: true, daysLeft: 3600 }),
    ...[
      ...certificateFiles,
      ...['admin', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`),
    ]
      .filter((path) => path !== '/etc/kubernetes/pki/ca.crt')
      .map((path) => certificate(path, path.endsWith('ca.crt') ? { authority: true, daysLeft: 3600 } : {})),
  ],
  pods: [
    pod('etcd', '3.7.0-0'),
    pod('kube-apiserver', 'v1.37.2'),
    pod('kube-controller-manager', 'v1.37.2'),
    pod('kube-scheduler', 'v1.37.2'),
  ],
  kubeletConfig: { cgroupDriver: 'systemd' },
  encryption: undefined,
  fsync: known(0.004),
  ...changed,
})

const mib = 1024 * 1024

export const master = (at: number, changed: Partial<MasterView> = {}): MasterView => ({
  name: `m${at}`,
  address: `10.0.0.${at}`,
  host: known(host()),
  api: known({ state: 'ready', why: '' }),
  etcd: known({
    memberId: `${at}`,
    clusterId: '77',
    version: '3.7.0',
    revision: '4711',
    size: 20 * mib,
    used: 10 * mib,
    leads: at === 1,
  }),
  ...changed,
})

export const member = (at: number, changed: Partial<EtcdState['members'][number]> = {}) => ({
  id: `${at}`,
  name: `m${at}`,
  peerUrl: `https://10.0.0.${at}:2380`,
  clientUrls: [`https://10.0.0.${at}:2379`],
  started: true,
  learner: false,
  ...changed,
})

/** The health of members: these are healthy. */
export const health = (...ids: readonly string[]): EtcdState['health'] =>
  Object.fromEntries(ids.map((id) => [id, { state: 'healthy', why: '' }]))

const silent = { state: 'not healthy', why: 'does not respond' } as const

/** The same, and these do not respond. */
export const halfHealthy = (
  healthy: readonly string[],
  ...others: readonly string[]
): EtcdState['health'] => ({
  ...health(...healthy),
  ...Object.fromEntries(others.map((id) => [id, silent])),
})

export const etcd = (changed: Partial<EtcdState> = {}): EtcdState => ({
  from: 'm1',
  members: [member(1), member(2), member(3)],
  health: health('1', '2', '3'),
  alarms: known([]),
  ...changed,
})

export const node = (name: string) => ({
  name,
  addresses: [`10.0.0.${name.slice(1)}`],
  ready: true,
  unschedulable: false,
  kubelet: 'v1.37.2',
  runtime: 'containerd://2.2.9',
  taints: [],
  controlPlane: name.startsWith('m'),
})

/** A healthy cluster with other parts. */
export const state = (changed: Partial<ClusterState> = {}): ClusterState => ({
  masters: [master(1), master(2), master(3)],
  etcd: known(etcd()),
  endpoint: known({ state: 'ready', why: '' }),
  loadBalancers: [
    {
      name: 'lb1',
      state: known({
        service: 'active',
        servers: ['10.0.0.1:6443', '10.0.0.2:6443', '10.0.0.3:6443'],
        api: known({ state: 'ready', why: '' }),
      }),
    },
  ],
  nodes: known([node('m1'), node('m2'), node('m3'), node('w1')]),
  differences: known([]),
  ...changed,
})

/** The masters of a cluster where the etcd of some does not say anything on its own host. */
export const mastersWithout = (etcdOf: MasterView['etcd'], ...places: readonly number[]): MasterView[] =>
  [1, 2, 3].map((at) => master(at, places.includes(at) ? { etcd: etcdOf } : {}))
