/** The options and the parts of a lab. */
import type { WantedKubernetes } from './bundles.ts'
import type { LabHost } from './hosts.ts'

export interface LabOptions extends WantedKubernetes {
  /** Labs with different names can exist at the same time. */
  readonly name: string
  /** Kubernetes masters, `m1` and so on, with a load balancer `lb1`; 0 for none. */
  readonly masters: number
  /** Hosts with only sshd, `h1` and so on. */
  readonly plain: number
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
