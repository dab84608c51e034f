/** The options and the parts of a lab. */
import type { Containerd } from './artifacts.ts'
import type { WantedKubernetes } from './bundles.ts'
import type { LabHost } from './hosts.ts'
import type { LabFamilies } from './network.ts'

export interface LabOptions extends WantedKubernetes {
  /** Labs with different names can exist at the same time. */
  readonly name: string
  /** Kubernetes masters, `m1` and so on, with a load balancer `lb1`; 0 for none. */
  readonly masters: number
  /** Kubernetes workers, `w1` and so on; by default none. */
  readonly workers?: number | undefined
  /** The version of containerd on the masters; by default that of Debian 12. */
  readonly containerd?: Containerd | undefined
  /** The size in megabytes of the disks of etcd on the masters, which can be filled; by default they have that of this machine. */
  readonly etcdDisk?: number | undefined
  /** Hosts with only sshd, `h1` and so on. */
  readonly plain: number
  /** The addresses of the hosts; by default those of IPv4. */
  readonly network?: LabFamilies | undefined
  /** Where the inventory is written. */
  readonly inventory: string
  /** Create new hosts, even if some exist. */
  readonly fresh: boolean
}

export interface Lab {
  readonly name: string
  readonly hosts: readonly LabHost[]
  readonly inventory: string
  readonly keyFile: string
  readonly knownHosts: string
  /** The version of Kubernetes that its masters have, such as `v1.37.2`. */
  readonly kubernetes: string | undefined
  /** Runs a shell command inside a host, without ssh. */
  exec(
    host: string,
    command: string,
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}
