import type { Readable, Writable } from 'node:stream'

/** A command that runs on a host, with its three streams. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the command has ended and its streams are drained, or the connection is lost. It never rejects. */
  readonly ended: Promise<ChannelEnd>
  /** Closes it immediately. */
  destroy(): void
}

export interface ChannelEnd {
  /** Exit status; undefined when the channel was cut. */
  readonly code: number | undefined
}

/** Starts commands on a host: over SSH, or on this machine. */
export interface Transport {
  readonly description: string
  /** The user that commands run as by default; a promise if it is not known yet. */
  readonly user: string | Promise<string>
  /**
   * Starts a command line in the login shell. Connects first if needed.
   *
   * @throws CoxswainError `connect-failed`, `auth-failed`, `host-key-unknown`, `host-key-changed`, `connection-lost`.
   */
  open(command: string): Promise<Channel>
  close(): Promise<void>
}
