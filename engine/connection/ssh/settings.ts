import type { Secret } from '../../secret.ts'
import type { LoginThrottles } from '../login-throttle.ts'
import type { OpenFiles } from '../open-files.ts'
import type { Algorithms } from './config/algorithms.ts'
import type { HostKeys } from './host-keys.ts'
import type { ProxyStream } from './proxy-stream.ts'

/** Everything that is needed to log in to a host. */
export interface SshSettings {
  readonly address: string
  readonly port: number
  readonly user: string
  /** Key files to offer; those that ssh offers by itself where absent. */
  readonly privateKeyFiles?: readonly string[] | undefined
  /** Opens encrypted key files. */
  readonly passphrase?: Secret | undefined
  readonly password?: Secret | undefined
  /** Socket of the agent; none when absent. */
  readonly agent?: string | undefined
  /** Whether the agent may offer only the keys that the key files name. */
  readonly identitiesOnly?: boolean | undefined
  /** Certificates that are configured and that we cannot show; told when the login fails. */
  readonly certificateFiles?: readonly string[] | undefined
  /** Lets programs on the host use the agent. */
  readonly forwardAgent?: boolean | undefined
  readonly hostKeys: HostKeys
  /** The name that the host's key is known by; its address and port where absent. */
  readonly hostKeyAlias?: string | undefined
  /** Algorithms that somebody has chosen; ours where absent. */
  readonly algorithms?: Algorithms | undefined
  /** How to get to the address; straight where absent. */
  readonly via?: Via | undefined
  /** Ways to log in that may be tried, in this order; all of them in our order where absent. */
  readonly authentications?: readonly string[] | undefined
  readonly compression?: boolean | undefined
  /** Only these addresses of its name. */
  readonly addressFamily?: 'inet' | 'inet6' | undefined
  /** The address of this machine to come from. */
  readonly bindAddress?: string | undefined
  /** Seconds for one attempt to connect, until keys are exchanged. */
  readonly connectTimeout: number
  /** Seconds for the login after that, which slow directories and name servers of a host hold up; two minutes by default, as sshd's. */
  readonly loginTimeout?: number | undefined
  /** How often to try again, within that time, when nobody answers. A server that is too busy is asked all that time. */
  readonly connectRetries: number
  /** Shared by the connections of a run, so that they do not crowd one server; a throttle of its own where absent. */
  readonly throttles?: LoginThrottles | undefined
  /** Seconds between signs of life. */
  readonly keepaliveInterval: number
  /** How many of them may stay unanswered; three where absent. */
  readonly keepaliveCountMax?: number | undefined
}

/** A way to a server that is no connection of our own. */
export interface Via {
  /** What makes it different from other ways to the same address. */
  readonly key: string
  /** The files of this machine that it keeps open. */
  readonly files: OpenFiles
  /** Goes there. */
  readonly open: (to: { address: string; port: number }, options: ProxyStreamOptions) => Promise<ProxyStream>
}

export interface ProxyStreamOptions {
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** Settings that are known only later, when ssh's configuration was asked. */
export interface LateSettings {
  /** Where it leads, as far as that is known. */
  readonly description: string
  readonly settings: () => Promise<SshSettings>
}

/** Who logs in where, for people. */
export const placeOf = ({ user, address, port }: SshSettings): string => `${user}@${address}:${port}`

/** Seconds that sshd gives a login (LoginGraceTime). */
export const usualLoginTimeout = 120

export const usualSettings = {
  port: 22,
  connectTimeout: 10,
  connectRetries: 3,
  keepaliveInterval: 15,
} as const
