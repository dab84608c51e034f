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

/** Passwords that were entered at the prompt. */
export interface Asked {
  readonly login: Secret | undefined
  readonly become: Secret | undefined
}

/** The login user; undefined if only the configuration of ssh has it. */
const loginUser = (connection: string, given: string | undefined): string | undefined => {
  if (connection === 'local') return userInfo().username
  return connection === 'openssh' ? given : (given ?? 'root')
}

/** Makes the connections of a run and counts their open files. */
export interface Connector {
  readonly connect: (name: string, vars: ConnectionVars, lock: HostLock | undefined) => Connection
  /** See {@link FleetHost.files}. */
  readonly files: (name: string, vars: ConnectionVars, users: ReadonlySet<string>) => Promise<OpenFiles>
}

/** The connector of a run. The command line overrides the inventory. */
export const connector = (options: HostOptions, asked: Asked): Connector => {
  const throttles = new LoginThrottles()
  const routes = new SshRoutes({ throttles })
  const timeout = (vars: ConnectionVars): number | undefined =>
    options.connectTimeout ?? vars.connect_timeout ?? vars.sshArguments.connectTimeout

  /** The settings of both ssh2 and OpenSSH. */
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
    // -k is for all hosts and is ignored here; a password in the inventory is for this host and would never be used
    if (vars.password !== undefined || vars.passphrase !== undefined) {
      const error = new CoxswainError(
        'connection-unsupported',
        'connection: openssh does not support a password or passphrase',
        {
          host: name,
          hint: 'log in with a key in the agent, or use connection: ssh',
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

  /** One socket to the host or to its first jump host; none if the settings are invalid. */
  const filesOverSsh = async (name: string, vars: ConnectionVars): Promise<OpenFiles> => {
    try {
      const settings = route(name, vars)
      const { via } = 'settings' in settings ? await settings.settings() : settings
      return via?.files ?? { count: 1 }
    } catch {
      return { count: 0 }
    }
  }

  const files = (name: string, vars: ConnectionVars, users: ReadonlySet<string>): Promise<OpenFiles> => {
    const { connection = 'ssh' } = vars
    if (vars.unsupported !== undefined) return Promise.resolve({ count: 0 })
    if (connection === 'ssh') return filesOverSsh(name, vars)
    const login = loginUser(connection, options.user ?? vars.user)
    // each shell is a program with three pipes; an unknown login user can be one of the others
    const others = [...users].filter((user) => user !== '' && user !== login)
    const asLogin = login !== undefined && (users.has('') || users.has(login)) ? 1 : 0
    return Promise.resolve({ count: 3 * Math.max(1, others.length + asLogin) })
  }

  const connect = (name: string, vars: ConnectionVars, lock: HostLock | undefined): Connection => {
    if (vars.unsupported !== undefined) return refusedConnection(name, vars.unsupported)
    const connection = supported(name, vars, lock)
    // the command line can name a method that is supported
    const { unsupportedBecome } = vars
    if (unsupportedBecome === undefined || options.becomeMethod !== undefined) return connection
    return withoutBecome(connection, unsupportedBecome)
  }

  return { connect, files }
}
