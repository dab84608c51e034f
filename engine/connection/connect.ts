/** Creates connections to hosts. */
import { LocalTransport } from './local.ts'
import { containerProgram } from './process/container.ts'
import type { ContainerSettings } from './process/container.ts'
import { opensshProgram } from './process/openssh.ts'
import type { OpensshSettings } from './process/openssh.ts'
import { ProcessTransport } from './process/process-transport.ts'
import { ShellConnection } from './shell/shell-connection.ts'
import type { ShellOptions } from './shell/shell-connection.ts'
import type { LateSettings, SshSettings } from './ssh/settings.ts'
import { SshTransport } from './ssh/transport.ts'
import type { Connection } from './types.ts'

/** A connection over SSH. It connects when it is first used. */
export const sshConnection = (settings: SshSettings | LateSettings, options?: ShellOptions): Connection =>
  new ShellConnection(new SshTransport(settings), options)

/** A connection through the system's own `ssh`. */
export const opensshConnection = (settings: OpensshSettings, options?: ShellOptions): Connection =>
  new ShellConnection(new ProcessTransport(opensshProgram(settings)), options)

/** A connection to a container on this machine. */
export const containerConnection = (settings: ContainerSettings, options?: ShellOptions): Connection =>
  new ShellConnection(new ProcessTransport(containerProgram(settings)), options)

/** A connection to this machine. */
export const localConnection = (options?: ShellOptions): Connection =>
  new ShellConnection(new LocalTransport(), options)
