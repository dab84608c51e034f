import type { Readable, Writable } from 'node:stream'

/** A command that runs on a host, with its three streams. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the command has ended and its streams are drained, or the way to it is gone. It never rejects. */
  readonly ended: Promise<ChannelEnd>
  /** Lets go of it at once. */
  destroy(): void
}

export interface ChannelEnd {
  /** Exit status; undefined when the channel was cut. */
  readonly code: number | undefined
}

/** What can start a command on a host: an ssh connection, this machine. */
export interface Transport {
  readonly description: string
  /** The user that commands run as when nothing else is said; it may take time to find out. */
  readonly user: string | Promise<string>
  /**
   * Starts a command line in the login shell. Connects first where that is needed.
   *
   * @throws CoxswainError `connect-failed`, `auth-failed`, `host-key-unknown`, `host-key-changed`, `connection-lost`.
   */
  open(command: string): Promise<Channel>
  close(): Promise<void>
}
