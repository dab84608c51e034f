import { userInfo } from 'node:os'
import {
  containerConnection,
  localConnection,
  opensshConnection,
  sshConnection,
} from '../../connection/connect.ts'
import { refusedConnection, withoutBecome } from '../../connection/refused.ts'
import { Doors } from '../../connection/doors.ts'
import type { HostLock } from '../../connection/shell/lock.ts'
import type { ShellOptions } from '../../connection/shell/shell-connection.ts'
import { SshRoutes } from '../../connection/ssh/routes.ts'
import { usualSettings } from '../../connection/ssh/settings.ts'
import type { LateSettings, SshSettings } from '../../connection/ssh/settings.ts'
import type { OpenFiles } from '../../connection/open-files.ts'
import type { Connection } from '../../connection/types.ts'
import { CoxswainError } from '../../errors.ts'
import type { Reach } from '../../inventory/variables/reach.ts'
import type { Secret } from '../../secret.ts'
import type { HostOptions } from '../options/run.ts'

/** Passwords that were asked for at the terminal. */
export interface Asked {
  readonly login: Secret | undefined
  readonly become: Secret | undefined
}

/** Who logs in where no other is become; undefined where only ssh's configuration says it. */
const loginUser = (connection: string, given: string | undefined): string | undefined => {
  if (connection === 'local') return userInfo().username
  return connection === 'openssh' ? given : (given ?? 'root')
}

/** Makes the connections of a run, and says what they take: what the command line says counts before what the inventory says. */
export const connector = (options: HostOptions, asked: Asked) => {
  const doors = new Doors()
  const routes = new SshRoutes({ doors })
  const timeout = (reach: Reach): number | undefined =>
    options.connectTimeout ?? reach.connect_timeout ?? reach.sshArguments.connectTimeout

  /** What ssh2 and the system's own ssh are given alike. */
  const sshSettings = (name: string, reach: Reach) => ({
    address: reach.address ?? name,
    port: reach.port,
    user: options.user ?? reach.user,
    privateKeyFile: options.privateKey ?? reach.private_key_file,
    knownHostsFile: reach.known_hosts_file,
    configFile: reach.ssh_config ?? reach.sshArguments.configFile,
    proxyJump: reach.proxy_jump,
    forwardAgent: reach.forward_agent ?? reach.sshArguments.forwardAgent,
    before: reach.sshArguments.before,
    after: reach.sshArguments.after,
  })

  const route = (name: string, reach: Reach): SshSettings | LateSettings =>
    routes.to({
      ...sshSettings(name, reach),
      passphrase: reach.passphrase,
      password: asked.login ?? reach.password,
      checking: options.hostKeyChecking,
      connectTimeout: timeout(reach),
    })

  const overOpenssh = (name: string, reach: Reach, shells: ShellOptions): Connection => {
    // -k asks for the passwords of all hosts; what the inventory gives this one it would never use
    if (reach.password !== undefined || reach.passphrase !== undefined) {
      const error = new CoxswainError(
        'connection-unsupported',
        'connection: openssh takes no password and no passphrase',
        {
          host: name,
          hint: 'log in with a key of the agent, or use connection: ssh, which takes them',
        },
      )
      return refusedConnection(name, error)
    }
    return opensshConnection(
      {
        ...sshSettings(name, reach),
        checking: options.hostKeyChecking ?? 'strict',
        connectTimeout: timeout(reach) ?? usualSettings.connectTimeout,
        connectRetries: usualSettings.connectRetries,
        doors,
        keepaliveInterval: usualSettings.keepaliveInterval,
      },
      shells,
    )
  }

  const supported = (name: string, reach: Reach, lock: HostLock | undefined): Connection => {
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
            connectTimeout: timeout(reach) ?? usualSettings.connectTimeout,
          },
          shells,
        )
      case 'openssh':
        return overOpenssh(name, reach, shells)
      case 'ssh':
        return sshConnection(route(name, reach), shells)
    }
  }

  /** One socket to a host, or to the first of those on the way. What cannot be reached at all opens none. */
  const filesOverSsh = async (name: string, reach: Reach): Promise<OpenFiles> => {
    try {
      const settings = route(name, reach)
      const { via } = 'settings' in settings ? await settings.settings() : settings
      return via?.files ?? { count: 1 }
    } catch {
      return { count: 0 }
    }
  }

  /** See `FleetHost`. */
  const files = (name: string, reach: Reach, users: ReadonlySet<string>): Promise<OpenFiles> => {
    const { connection = 'ssh' } = reach
    if (reach.unsupported !== undefined) return Promise.resolve({ count: 0 })
    if (connection === 'ssh') return filesOverSsh(name, reach)
    const login = loginUser(connection, options.user ?? reach.user)
    // a program for each shell, with three pipes. Where the login user is not known it may be one of the others
    const others = [...users].filter((user) => user !== '' && user !== login)
    const asLogin = login !== undefined && (users.has('') || users.has(login)) ? 1 : 0
    return Promise.resolve({ count: 3 * Math.max(1, others.length + asLogin) })
  }

  const connect = (name: string, reach: Reach, lock: HostLock | undefined): Connection => {
    if (reach.unsupported !== undefined) return refusedConnection(name, reach.unsupported)
    const connection = supported(name, reach, lock)
    // the command line may name another method
    const { unsupportedBecome } = reach
    if (unsupportedBecome === undefined || options.becomeMethod !== undefined) return connection
    return withoutBecome(connection, unsupportedBecome)
  }

  return { connect, files }
}
