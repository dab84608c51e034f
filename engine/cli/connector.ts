import {
  containerConnection,
  localConnection,
  opensshConnection,
  sshConnection,
} from '../connection/connect.ts'
import { Doors } from '../connection/doors.ts'
import type { HostLock } from '../connection/shell/lock.ts'
import type { ShellOptions } from '../connection/shell/shell-connection.ts'
import { SshRoutes } from '../connection/ssh/routes.ts'
import { usualSettings } from '../connection/ssh/settings.ts'
import type { Connection } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import type { Reach } from '../inventory/variables/reach.ts'
import type { Secret } from '../secret.ts'
import type { Options } from './options.ts'

/** Passwords that were asked for at the terminal. */
export interface Asked {
  readonly login: Secret | undefined
  readonly become: Secret | undefined
}

/** Makes the connections of a run: what the command line says counts before what the inventory says. */
export const connector = (options: Options, asked: Asked) => {
  const doors = new Doors()
  const routes = new SshRoutes({ doors })
  const timeout = (reach: Reach): number =>
    options.connectTimeout ?? reach.connect_timeout ?? usualSettings.connectTimeout

  const overSsh = (name: string, reach: Reach, shells: ShellOptions): Connection => {
    const settings = routes.to({
      address: reach.address ?? name,
      port: reach.port,
      user: options.user ?? reach.user,
      privateKeyFile: options.privateKey ?? reach.private_key_file,
      passphrase: reach.passphrase,
      password: asked.login ?? reach.password,
      knownHostsFile: reach.known_hosts_file,
      checking: options.hostKeyChecking,
      connectTimeout: options.connectTimeout ?? reach.connect_timeout,
      configFile: reach.ssh_config,
      proxyJump: reach.proxy_jump,
      forwardAgent: reach.forward_agent,
    })
    return sshConnection(settings, shells)
  }

  const overOpenssh = (name: string, reach: Reach, shells: ShellOptions): Connection => {
    // -k asks for the passwords of all hosts; what the inventory gives this one it would never use
    if (reach.password !== undefined || reach.passphrase !== undefined) {
      throw new CoxswainError(
        'inventory-invalid',
        'connection: openssh takes no password and no passphrase',
        {
          host: name,
          hint: 'log in with a key of the agent, or use connection: ssh, which takes them',
        },
      )
    }
    return opensshConnection(
      {
        address: reach.address ?? name,
        port: reach.port,
        user: options.user ?? reach.user,
        privateKeyFile: options.privateKey ?? reach.private_key_file,
        knownHostsFile: reach.known_hosts_file,
        checking: options.hostKeyChecking ?? 'strict',
        configFile: reach.ssh_config,
        proxyJump: reach.proxy_jump,
        forwardAgent: reach.forward_agent,
        connectTimeout: timeout(reach),
        connectRetries: usualSettings.connectRetries,
        doors,
        keepaliveInterval: usualSettings.keepaliveInterval,
      },
      shells,
    )
  }

  return (name: string, reach: Reach, lock: HostLock | undefined): Connection => {
    const shells = { lock, shellTimeout: options.becomeTimeout ?? reach.become_timeout }
    const { connection = 'ssh' } = reach
    switch (connection) {
      case 'local':
        return localConnection(shells)
      case 'docker':
      case 'podman':
        return containerConnection(
          {
            engine: connection,
            container: reach.address ?? name,
            user: options.user ?? reach.user ?? 'root',
            connectTimeout: timeout(reach),
          },
          shells,
        )
      case 'openssh':
        return overOpenssh(name, reach, shells)
      case 'ssh':
        return overSsh(name, reach, shells)
    }
  }
}
