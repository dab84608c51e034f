import { userInfo } from 'node:os'
import {
  containerConnection,
  localConnection,
  opensshConnection,
  sshConnection,
} from '../../connection/connect.ts'
import { refusedConnection, withoutBecome } from '../../connection/refused.ts'
import { LoginThrottles } from '../../connection/login-throttle.ts'
import type { HostLock } from '../../connection/shell/lock.ts'
import type { ShellOptions } from '../../connection/shell/shell-connection.ts'
import { SshRoutes } from '../../connection/ssh/routes.ts'
import { usualSettings } from '../../connection/ssh/settings.ts'
import type { LateSettings, SshSettings } from '../../connection/ssh/settings.ts'
import type { OpenFiles } from '../../connection/open-files.ts'
import type { Connection } from '../../connection/types.ts'
import { CoxswainError } from '../../errors.ts'
import type { ConnectionVars } from '../../inventory/variables/connection-vars.ts'
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
  const throttles = new LoginThrottles()
  const routes = new SshRoutes({ throttles })
  const timeout = (vars: ConnectionVars): number | undefined =>
    options.connectTimeout ?? vars.connect_timeout ?? vars.sshArguments.connectTimeout

  /** What ssh2 and the system's own ssh are given alike. */
  const sshSettings = (name: string, vars: ConnectionVars) => ({
    address: vars.address ?? name,
    port: vars.port,
    user: options.user ?? vars.user,
    privateKeyFile: options.privateKey ?? vars.private_key_file,
    knownHostsFile: vars.known_hosts_file,
    configFile: vars.ssh_config ?? vars.sshArguments.configFile,
    proxyJump: vars.proxy_jump,
    forwardAgent: vars.forward_agent ?? vars.sshArguments.forwardAgent,
    before: vars.sshArguments.before,
    after: vars.sshArguments.after,
  })

  const route = (name: string, vars: ConnectionVars): SshSettings | LateSettings =>
    routes.to({
      ...sshSettings(name, vars),
      passphrase: vars.passphrase,
      password: asked.login ?? vars.password,
      checking: options.hostKeyChecking,
      connectTimeout: timeout(vars),
    })

  const overOpenssh = (name: string, vars: ConnectionVars, shells: ShellOptions): Connection => {
    // -k asks for the passwords of all hosts; what the inventory gives this one it would never use
    if (vars.password !== undefined || vars.passphrase !== undefined) {
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
        ...sshSettings(name, vars),
        checking: options.hostKeyChecking ?? 'strict',
        connectTimeout: timeout(vars) ?? usualSettings.connectTimeout,
        connectRetries: usualSettings.connectRetries,
        throttles,
        keepaliveInterval: usualSettings.keepaliveInterval,
      },
      shells,
    )
  }

  const supported = (name: string, vars: ConnectionVars, lock: HostLock | undefined): Connection => {
    const shells = { lock, shellTimeout: options.becomeTimeout ?? vars.become_timeout }
    const { connection = 'ssh' } = vars
    switch (connection) {
      case 'local':
        return localConnection(shells)
      case 'docker':
      case 'podman':
        return containerConnection(
          {
            engine: connection,
            container: vars.address ?? name,
            user: options.user ?? vars.user ?? 'root',
            connectTimeout: timeout(vars) ?? usualSettings.connectTimeout,
          },
          shells,
        )
      case 'openssh':
        return overOpenssh(name, vars, shells)
      case 'ssh':
        return sshConnection(route(name, vars), shells)
    }
  }

  /** One socket to a host, or to the first of those on the way. What cannot be reached at all opens none. */
  const filesOverSsh = async (name: string, vars: ConnectionVars): Promise<OpenFiles> => {
    try {
      const settings = route(name, vars)
      const { via } = 'settings' in settings ? await settings.settings() : settings
      return via?.files ?? { count: 1 }
    } catch {
      return { count: 0 }
    }
  }

  /** See `FleetHost`. */
  const files = (name: string, vars: ConnectionVars, users: ReadonlySet<string>): Promise<OpenFiles> => {
    const { connection = 'ssh' } = vars
    if (vars.unsupported !== undefined) return Promise.resolve({ count: 0 })
    if (connection === 'ssh') return filesOverSsh(name, vars)
    const login = loginUser(connection, options.user ?? vars.user)
    // a program for each shell, with three pipes. Where the login user is not known it may be one of the others
    const others = [...users].filter((user) => user !== '' && user !== login)
    const asLogin = login !== undefined && (users.has('') || users.has(login)) ? 1 : 0
    return Promise.resolve({ count: 3 * Math.max(1, others.length + asLogin) })
  }

  const connect = (name: string, vars: ConnectionVars, lock: HostLock | undefined): Connection => {
    if (vars.unsupported !== undefined) return refusedConnection(name, vars.unsupported)
    const connection = supported(name, vars, lock)
    // the command line may name another method
    const { unsupportedBecome } = vars
    if (unsupportedBecome === undefined || options.becomeMethod !== undefined) return connection
    return withoutBecome(connection, unsupportedBecome)
  }

  return { connect, files }
}
