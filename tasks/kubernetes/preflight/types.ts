/** What a host is before kubeadm runs on it. */

import type { CertificateState } from '../cluster-state/types.ts'
import type { SecondsAhead } from '../findings/clocks.ts'
import type { OtherNetworks } from './other-networks.ts'

/** Another host at a port, as a host reaches it. */
export interface PeerState {
  readonly name: string
  readonly address: string
  readonly port: number
  /** `open`: something listens there; `closed`: nothing does; else why it cannot be reached. */
  readonly answer: string
}

/** A network that a host has a route to. */
export interface RouteState {
  /** In CIDR notation. */
  readonly network: string
  /** Its interface; empty if there is none. */
  readonly device: string
}

/** The endpoint of the cluster, as a host sees it. */
export interface EndpointState {
  /** The addresses that the host has for its name. Undefined if the host has no program that says it. */
  readonly addresses: readonly string[] | undefined
  /**
   * `answers`: HTTPS; `http`: HTTP without TLS; `accepts`: connections alone, such as a load balancer without servers; `closed`:
   * nothing listens there; else why it cannot be reached.
   */
  readonly answer: string
  /**
   * What its certificate is to the authority of this host: its `own`, own but not valid by its `dates`, own without the endpoint among its
   * `names`, or of an `other`. Undefined where the host has no authority, and where nothing answers.
   */
  readonly certificate: CertificateOrigin | undefined
}

/** What the certificate of a server is to the authority of a host. */
export type CertificateOrigin = (typeof certificateOrigins)[number]
/** What ask-endpoint.sh says of a certificate. */
export const certificateOrigins = ['own', 'dates', 'names', 'other'] as const

/** What a host is before kubeadm runs on it. */
export interface PreflightState {
  /** Its clock, in seconds since 1970; the clock of this machine where it cannot be read. */
  readonly clock: number
  /** How many seconds its clock is ahead of the clock of this machine: within these bounds, as an answer takes time. Undefined if it is not known. */
  readonly ahead: SecondsAhead | undefined
  /** Its name, as `uname -n` prints it. */
  readonly hostname: string
  /** Undefined where the host does not have one. */
  readonly machineId: string | undefined
  /** The UUID of the machine (DMI); undefined where it cannot be read. */
  readonly productUuid: string | undefined
  /** The hardware addresses of its network cards. */
  readonly macs: readonly string[]
  /** How many CPUs it has. */
  readonly cpus: number
  /** The size of its memory, in MiB. */
  readonly memoryMiB: number
  /** The size of the swap that is on, in MiB. */
  readonly swapMiB: number
  /** The version of cgroups. */
  readonly cgroup: '1' | '2'
  /** The size of the free space where etcd's data will be, in MiB; undefined if it is not known. */
  readonly freeMiB: number | undefined
  /** Versions of the installed programs by their names. */
  readonly programs: Readonly<Record<string, string>>
  /** Kernel modules that are loaded or built in, of those that Kubernetes needs. */
  readonly modules: readonly string[]
  /** Kernel parameters by their names in /proc/sys. */
  readonly sysctls: Readonly<Record<string, string>>
  /** Files that kubeadm or etcd left. */
  readonly traces: readonly string[]
  /** The certificates of a control plane that is there already. */
  readonly certificates: readonly CertificateState[]
  /** Fields of containerd's configuration that matter. */
  readonly containerd: Readonly<Record<string, string>>
  /** What its kubeadm does not accept in the configuration; empty also where there is no kubeadm of that release. */
  readonly refusals: readonly string[]
  /** Pod networks that are there already, other than the wanted one. */
  readonly otherNetworks: OtherNetworks
  /** The networks that it has routes to. */
  readonly routes: readonly RouteState[]
  /** Its own addresses; none if `ip` is not installed. */
  readonly ownAddresses: readonly string[]
  /** The endpoint of the cluster. Undefined if it was not asked, or curl is not installed. */
  readonly endpoint: EndpointState | undefined
  /** Other hosts, as it reaches them. Undefined if curl is not installed. */
  readonly peers: readonly PeerState[] | undefined
}

/** What a host of several is; undefined if it could not be asked. */
export interface PreflightOf {
  /** The name of the host. */
  readonly host: string
  /** What it is. */
  readonly value: PreflightState | undefined
}
