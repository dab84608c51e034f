/** The ways to a host, ready to use. */
import { LocalTransport } from './local.ts'
import { ShellConnection } from './shell/shell-connection.ts'
import type { ShellOptions } from './shell/shell-connection.ts'
import type { SshSettings } from './ssh/settings.ts'
import { SshTransport } from './ssh/transport.ts'
import type { Connection } from './types.ts'

/** A connection over SSH. Nothing happens until it is used. */
export const sshConnection = (settings: SshSettings, options?: ShellOptions): Connection =>
  new ShellConnection(new SshTransport(settings), options)

/** A connection to this machine. */
export const localConnection = (options?: ShellOptions): Connection =>
  new ShellConnection(new LocalTransport(), options)
