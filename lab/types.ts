/** What a lab is made of. */
import type { LabHost } from './hosts.ts'

export interface LabOptions {
  /** Labs with different names live side by side. */
  readonly name: string
  /** Kubernetes masters, `m1` and so on, with a load balancer `lb1`; 0 for none. */
  readonly masters: number
  /** Hosts with only sshd, `h1` and so on. */
  readonly plain: number
  /** Where the inventory is written. */
  readonly inventory: string
  /** A folder of binaries and images to use instead of the bundle. */
  readonly bundle?: string | undefined
  /** Begin with new hosts, even if there are some. */
  readonly fresh: boolean
}

export interface Lab {
  readonly name: string
  readonly hosts: readonly LabHost[]
  readonly inventory: string
  readonly keyFile: string
  readonly knownHosts: string
  /** Runs a shell command inside a host, beside ssh: for looking at it from outside. */
  exec(
    host: string,
    command: string,
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}
