import type { Secret } from '../../secret.ts'
import type { LoginThrottles } from '../login-throttle.ts'
import type { OpenFiles } from '../open-files.ts'
import type { Algorithms } from './config/algorithms.ts'
import type { HostKeys } from './host-keys.ts'
import type { ProxyStream } from './proxy-stream.ts'

/** The settings for a login to a host. */
export interface SshSettings {
  readonly address: string
  readonly port: number
  readonly user: string
  /** Key files to offer; by default those of ssh. */
  readonly privateKeyFiles?: readonly string[] | undefined
  /** The passphrase of encrypted key files. */
  readonly passphrase?: Secret | undefined
  readonly password?: Secret | undefined
  /** Socket of the agent; none by default. */
  readonly agent?: string | undefined
  /** Whether the agent offers only the keys that are in the key files. */
  readonly identitiesOnly?: boolean | undefined
  /** Configured certificates, which are not supported; reported if the login fails. */
  readonly certificateFiles?: readonly string[] | undefined
  /** Lets programs on the host use the agent. */
  readonly forwardAgent?: boolean | undefined
  readonly hostKeys: HostKeys
  /** The name of the host key; by default the address and port. */
  readonly hostKeyAlias?: string | undefined
  /** The configured algorithms. */
  readonly algorithms?: Algorithms | undefined
  /** The route to the address; direct by default. */
  readonly via?: Via | undefined
  /** The authentication methods to try, in order; all by default. */
  readonly authentications?: readonly string[] | undefined
  readonly compression?: boolean | undefined
  /** Only addresses of this family. */
  readonly addressFamily?: 'inet' | 'inet6' | undefined
  /** The local address to bind to. */
  readonly bindAddress?: string | undefined
  /** Seconds for one attempt to connect, including the key exchange. */
  readonly connectTimeout: number
  /** Seconds for the login after that; 120 by default, as in sshd. Directories and name servers of a host can be slow. */
  readonly loginTimeout?: number | undefined
  /** The number of retries, within that time, when the server does not answer. A busy server is retried all that time. */
  readonly connectRetries: number
  /** Shared by the connections of a run, to limit logins to one server; by default each has its own. */
  readonly throttles?: LoginThrottles | undefined
  /** Seconds between keepalive messages. */
  readonly keepaliveInterval: number
  /** How many of them can be unanswered; 3 by default. */
  readonly keepaliveCountMax?: number | undefined
}

/** An indirect route to a server: a jump host or a ProxyCommand. */
export interface Via {
  /** Identifies the route. */
  readonly key: string
  /** The open files of this machine that it needs. */
  readonly files: OpenFiles
  /** Opens a stream to an address. */
  readonly open: (to: { address: string; port: number }, options: ProxyStreamOptions) => Promise<ProxyStream>
}

export interface ProxyStreamOptions {
  /** Seconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** Settings that are known after the configuration of ssh was read. */
export interface LateSettings {
  /** The host, as far as it is known. */
  readonly description: string
  readonly settings: () => Promise<SshSettings>
}

/** User, address and port, for messages. */
export const placeOf = ({ user, address, port }: SshSettings): string => `${user}@${address}:${port}`

/** The default time limit of sshd for a login in seconds (LoginGraceTime). */
export const usualLoginTimeout = 120

export const usualSettings = {
  port: 22,
  connectTimeout: 10,
  connectRetries: 3,
  keepaliveInterval: 15,
} as const
