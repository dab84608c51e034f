import type { Connection, Identity } from '../../connection/types.ts'
import type { ErrorCode } from '../../error-codes.ts'

/** What is wrong with a host, and how to fix it. */
export interface Complaint {
  readonly what: string
  readonly fix: string
}

/** What a probe's script printed, and when. */
export interface Sample {
  readonly code: number
  readonly stdout: string
  /** Seconds since 1970, here: just before it was sent, and when the answer was there. */
  readonly sent: number
  readonly received: number
}

/** One look at a host that can be reached: a script that only reads, and what its output means. */
export interface Probe {
  readonly name: string
  /** POSIX shell text. */
  readonly script: string
  /** Nothing where all is well. */
  readonly judge: (sample: Sample) => readonly Complaint[]
}

/** A complaint, and the probe that has it. */
export interface Finding extends Complaint {
  readonly probe: string
  /** The code of the error that it comes from, where it is one. */
  readonly code?: ErrorCode | undefined
}

/** A host as it is examined. */
export interface Target {
  readonly name: string
  /** Whom its tasks will be; undefined for the login user. */
  readonly identity: Identity | undefined
  readonly connection: Connection
}
