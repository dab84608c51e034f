import type { Connection, Identity } from '../../connection/types.ts'
import type { ErrorCode } from '../../error-codes.ts'

/** What is wrong with a host, and how to fix it. */
export interface Problem {
  readonly what: string
  readonly fix: string
}

/** What a probe's script printed, and when. */
export interface Sample {
  readonly code: number
  readonly stdout: string
  /** Seconds since 1970 on this machine: just before the script was sent, and when the answer arrived. */
  readonly sent: number
  readonly received: number
}

/** One check of a reachable host: a script that only reads, and what its output means. */
export interface Probe {
  readonly name: string
  /** POSIX shell text. */
  readonly script: string
  /** Returns the problems that the output shows. */
  readonly judge: (sample: Sample) => readonly Problem[]
}

/** A problem, and the probe that found it. */
export interface Finding extends Problem {
  readonly probe: string
  /** The code of the error that caused it, if any. */
  readonly code?: ErrorCode | undefined
}

/** A host to check. */
export interface Target {
  readonly name: string
  /** The user that its tasks run as; undefined for the login user. */
  readonly identity: Identity | undefined
  readonly connection: Connection
}
