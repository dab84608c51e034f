/** Arguments and fields that a variable owns, or that everything else here depends on: another value is refused. Pure. */
import { addressOf } from '../../network/addresses/addresses.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import { etcdFolder, pki } from '../kubeadm/paths.ts'
import { ownedByKubelets, sameFolder } from './owned-by-kubelets.ts'
import type { KubeletOwners } from './owned-by-kubelets.ts'
import type { Owned } from './owned.ts'

/** What a configuration says elsewhere, which a value must agree with. */
export interface Owners extends KubeletOwners {
  readonly address: string
  readonly port: number
  readonly podSubnet: string
  readonly serviceSubnet: string
  /** What kubeadm, or the configuration of a release without stacked etcd, sets by itself. */
  readonly ofEtcd: Readonly<Record<string, string>>
}

const none = (): boolean => false

/** Whether a list of URLs has a port at an address, or at all addresses. */
const listensAt = (urls: string, address: string, port: number): boolean =>
  urls.split(',').some((url) => {
    const [, host = '', own] = /^https:\/\/\[?(.*?)\]?:(\d+)$/.exec(url.trim()) ?? []
    const key = addressOf(host)?.key
    return own === String(port) && (key === addressOf(address)?.key || host === '0.0.0.0' || host === '::')
  })

const isOfKubeadm = (value: string, { ofEtcd }: Owners, name: string): boolean => ofEtcd[name] === value

/** The table: the refusals and docs/kubernetes.md are made from it. */
export const ownedSettings: readonly Owned<Owners>[] = [
  {
    program: 'etcd',
    arguments: ['data-dir'],
    part: 'cluster',
    fields: ['etcd.local.dataDir'],
    accepts: (value) => sameFolder(value, etcdFolder),
    instead: `only ${etcdFolder} is supported: to have the data on another disk, mount the disk there`,
  },
  {
    program: 'etcd',
    arguments: ['wal-dir'],
    accepts: (value) => sameFolder(value, `${etcdFolder}/member/wal`),
    instead: `a member that is reset or restored would go on with the former log: mount a disk at ${etcdFolder} for all of its data`,
  },
  {
    program: 'etcd',
    arguments: [
      'name',
      'initial-cluster',
      'initial-cluster-state',
      'initial-cluster-token',
      'initial-advertise-peer-urls',
      'advertise-client-urls',
    ],
    accepts: isOfKubeadm,
    instead:
      'kubeadm sets it for each member, and a value for all masters is right for one of them at most: remove it',
  },
  {
    program: 'etcd',
    arguments: ['listen-client-urls'],
    accepts: (value, { address }) =>
      listensAt(value, address, 2379) && listensAt(value, address.includes(':') ? '::1' : '127.0.0.1', 2379),
    instead:
      'API servers and playbooks reach etcd at port 2379 of the loopback address and of the address of its master: remove it',
  },
  {
    program: 'etcd',
    arguments: ['listen-peer-urls'],
    accepts: (value, { address }) => listensAt(value, address, 2380),
    instead: 'the other members reach it at port 2380 of the address of its master: remove it',
  },
  {
    program: 'etcd',
    arguments: ['force-new-cluster'],
    accepts: (value) => value === 'false',
    instead:
      'each member would drop all others whenever it starts; if the majority of etcd is lost, run playbooks/recover-quorum.ts',
  },
  {
    program: 'etcd',
    arguments: ['enable-grpc-gateway'],
    accepts: (value) => value !== 'false',
    instead:
      'etcd is asked through it before anything is changed, so nothing could be proven any more: remove it',
  },
  {
    program: 'apiServer',
    arguments: ['secure-port'],
    accepts: (value, { port }) => value === String(port),
    instead: 'set api_port instead',
  },
  {
    program: 'apiServer',
    arguments: ['advertise-address'],
    accepts: (value, { address }) => isSameValue(value, address),
    instead: 'set advertise_address of each master instead',
  },
  {
    program: 'apiServer',
    arguments: ['bind-address'],
    accepts: (value) => value === '0.0.0.0' || value === '::',
    instead: 'kubeadm, load balancers and playbooks reach it at several addresses of its master: remove it',
  },
  {
    program: 'apiServer',
    arguments: ['etcd-servers'],
    accepts: (value) => /^https:\/\/(127\.0\.0\.1|\[::1\]):2379$/.test(value),
    instead: 'external etcd is not supported: each API server uses the etcd of its master; remove it',
  },
  {
    program: 'apiServer',
    arguments: ['service-cluster-ip-range'],
    accepts: (value, { serviceSubnet }) => isSameValue(value, serviceSubnet),
    instead: 'set service_subnet instead',
  },
  {
    program: 'apiServer',
    arguments: ['anonymous-auth'],
    accepts: (value) => value !== 'false',
    instead:
      'load balancers, the probes of kubeadm and nodes that join ask without a certificate, and would get 401: to refuse all other anonymous requests (v1.32 and later), give authentication-config a file with anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}, {path: /healthz}, {path: /api/v1/namespaces/kube-public/configmaps/cluster-info}]}',
  },
  {
    program: 'controllerManager',
    arguments: ['cluster-cidr'],
    accepts: (value, { podSubnet }) => isSameValue(value, podSubnet),
    instead: 'set pod_subnet instead',
  },
  {
    program: 'controllerManager',
    arguments: ['service-cluster-ip-range'],
    accepts: (value, { serviceSubnet }) => isSameValue(value, serviceSubnet),
    instead: 'set service_subnet instead',
  },
  {
    part: 'kubeProxy',
    fields: ['clusterCIDR'],
    accepts: (value, { podSubnet }) => isSameValue(value, podSubnet),
    instead: 'set pod_subnet instead',
  },
  ...ownedByKubelets,
  {
    part: 'cluster',
    fields: ['certificatesDir'],
    accepts: (value) => sameFolder(value, pki),
    instead: `only ${pki} is supported: remove it`,
  },
  {
    part: 'cluster',
    fields: ['etcd.external'],
    accepts: none,
    instead: 'external etcd is not supported: remove it',
  },
]
