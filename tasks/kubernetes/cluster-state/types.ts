/** The picture of a cluster that playbooks decide from. */
import type { SecondsAhead } from '../findings/clocks.ts'
import type { Alarm } from '../etcd/alarms.ts'
import type { MemberHealth } from '../etcd/health.ts'
import type { Member } from '../etcd/members.ts'
import type { MemberStatus } from '../etcd/status.ts'
import type { Difference } from '../kubeadm/cluster-differences.ts'
import type { Known } from './known.ts'

/** A certificate of a control-plane node. */
export interface CertificateState {
  /** Its file: a certificate, or the kubeconfig whose user it is for. */
  readonly path: string
  /** Whether it is the certificate of an authority. */
  readonly authority: boolean
  /** The SHA-256 of the certificate, in hexadecimal with colons. */
  readonly fingerprint: string
  /** Since when it is valid, in ISO 8601. */
  readonly from: string
  /** Until when it is valid, in ISO 8601. */
  readonly to: string
  /** Full days until then by the clock of the host; negative after it. */
  readonly daysLeft: number
}

/** A static pod, as its manifest says. */
export interface StaticPodState {
  /** For example `kube-apiserver`. */
  readonly name: string
  readonly image: string
  /** The tag of its image, such as `v1.37.2`; undefined without one. */
  readonly version: string | undefined
  /** The arguments of its command by name, without dashes; the last value of those given several times. */
  readonly arguments: Readonly<Record<string, string>>
}

/** What a control-plane node says of itself. */
export interface HostState {
  /** Its clock, in seconds since 1970. */
  readonly clock: number
  /** How many seconds it is ahead of the clock of this machine: within these bounds, as an answer takes time. Undefined if it is not known. */
  readonly ahead: SecondsAhead | undefined
  /** Versions of the installed programs, such as `v1.37.2`; undefined for one that is not installed. */
  readonly programs: Readonly<Record<'kubelet' | 'kubeadm' | 'kubectl', string | undefined>>
  /** The state of the kubelet's service, such as `active`; undefined if it is not known. */
  readonly kubelet: string | undefined
  readonly certificates: readonly CertificateState[]
  readonly pods: readonly StaticPodState[]
  /** Fields of its KubeletConfiguration; undefined if there is none that can be read. */
  readonly kubeletConfig: Readonly<Record<string, unknown>> | undefined
  /** The file that says which secrets its API server encrypts; undefined if it encrypts none. */
  readonly encryption: string | undefined
  /** The time within which 99 of 100 writes of etcd's log reach the disk, in seconds, since etcd started. */
  readonly fsync: Known<number>
}

/** Whether an API server is ready. */
export interface Readiness {
  /** `silent`: nothing answers at its address. */
  readonly state: 'ready' | 'not ready' | 'silent'
  /** What it said; empty if it is ready. */
  readonly why: string
}

/** A control-plane node of the inventory. */
export interface MasterView {
  readonly name: string
  readonly address: string
  readonly host: Known<HostState>
  /** Its own API server, not the one that the endpoint leads to. */
  readonly api: Known<Readiness>
  /** Its own etcd; undefined if it does not respond. */
  readonly etcd: Known<MemberStatus | undefined>
}

/** The etcd cluster, as one of its members says. */
export interface EtcdState {
  /** The control-plane node that was asked. */
  readonly from: string
  readonly members: readonly Member[]
  /** What is known of voting members that have started, by their IDs, as the node that was asked sees them. */
  readonly health: Readonly<Record<string, MemberHealth>>
  /** The alarms that are raised. Without a quorum, etcd does not say which. */
  readonly alarms: Known<readonly Alarm[]>
}

/** A node, as the API server knows it. */
export interface NodeState {
  readonly name: string
  /** Its internal addresses. */
  readonly addresses: readonly string[]
  readonly ready: boolean
  readonly unschedulable: boolean
  /** The version of the kubelet that runs. */
  readonly kubelet: string
  /** For example `containerd://2.2.9`. */
  readonly runtime: string
  /** For example `node-role.kubernetes.io/control-plane:NoSchedule`. */
  readonly taints: readonly string[]
  readonly controlPlane: boolean
}

/** A load balancer of the inventory. */
export interface LoadBalancerState {
  readonly name: string
  readonly state: Known<{
    /** The state of haproxy's service, such as `active`; undefined if it is not known. */
    readonly service: string | undefined
    /** The servers in its configuration, such as `10.0.0.11:6443`. */
    readonly servers: readonly string[]
    /** Whether an API server answers at its port. */
    readonly api: Known<Readiness>
  }>
}

/** A cluster: what each of its parts says, and what could not be asked. */
export interface ClusterState {
  /** The control-plane nodes of the inventory. */
  readonly masters: readonly MasterView[]
  /** `members` is empty if no member responds on any control-plane node. */
  readonly etcd: Known<EtcdState>
  /** The endpoint of the cluster, as a control-plane node reaches it. */
  readonly endpoint: Known<Readiness>
  /** The load balancers of the inventory. */
  readonly loadBalancers: readonly LoadBalancerState[]
  /** The nodes, as an API server says. */
  readonly nodes: Known<readonly NodeState[]>
  /** Where the cluster's own configuration differs from that of the inventory. */
  readonly differences: Known<readonly Difference[]>
}
