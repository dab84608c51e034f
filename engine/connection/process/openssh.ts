/** Connects through the system's own `ssh`, which reads its own configuration and supports more ways to log in than ssh2. */
import { execFileSync } from 'node:child_process'
import { LoginThrottle } from '../login-throttle.ts'
import type { LoginThrottles } from '../login-throttle.ts'
import { usualLoginTimeout } from '../ssh/settings.ts'
import type { Program } from './process-transport.ts'
import { explainOpenssh, judgeOpenssh } from './openssh-words.ts'
import type { HostKeyChecking } from '../types.ts'

/** The settings that are passed to ssh; it reads all others from its configuration. */
export interface OpensshSettings {
  readonly address: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly privateKeyFile?: string | undefined
  readonly knownHostsFile?: string | undefined
  /** A configuration file instead of the default ones. */
  readonly configFile?: string | undefined
  /** Jump hosts, as in ProxyJump. */
  readonly proxyJump?: string | undefined
  readonly forwardAgent?: boolean | undefined
  /** Options of ssh_config that override port, user and key, each as for `-o`. */
  readonly before?: readonly string[] | undefined
  /** Options that do not override them. */
  readonly after?: readonly string[] | undefined
  /** With `strict`, `accept-new` in the configuration of ssh has effect, but `no` does not. */
  readonly checking: HostKeyChecking
  /** Seconds for one attempt to connect and log in. */
  readonly connectTimeout: number
  /** The number of retries, within that time, when the server does not answer. A busy server is retried all that time. */
  readonly connectRetries: number
  /** Shared by the connections of a run, to limit logins to one server; by default each has its own. */
  readonly throttles?: LoginThrottles | undefined
  /** Seconds between keepalive messages; three without an answer end the connection. */
  readonly keepaliveInterval: number
}

const options = (list: readonly string[] = []): readonly string[] => list.flatMap((one) => ['-o', one])

const option = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : ['-o', `${name}=${value}`]

/** Quotes a path for ssh_config(5), which can have spaces and literal `%`. */
const path = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : `"${file.replaceAll('%', '%%')}"`

const checkingWords = { 'accept-new': 'accept-new', off: 'no' } as const

/** The arguments for the host and the login, without a command. */
const destination = (settings: OpensshSettings, usual: readonly string[] = []): readonly string[] => [
  ...options(settings.before),
  ...(settings.configFile === undefined ? [] : ['-F', settings.configFile]),
  ...option('ProxyJump', settings.proxyJump),
  ...option('ForwardAgent', settings.forwardAgent === true ? 'yes' : undefined),
  ...option('Port', settings.port),
  ...option('User', settings.user),
  ...option('IdentityFile', path(settings.privateKeyFile)),
  ...option('UserKnownHostsFile', path(settings.knownHostsFile)),
  ...options(settings.after),
  ...usual,
  '--',
  settings.address,
]

/** Timeout of `ssh -G` in seconds. */
const answerTime = 5

interface Configured {
  readonly user: string
  readonly checking: string
}

/** The user and the checking of host keys from the configuration of ssh; empty if it cannot be read. */
const readConfigured = (settings: OpensshSettings): Configured => {
  try {
    const words = execFileSync('ssh', ['-G', ...destination(settings)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: answerTime * 1000,
    })
    return {
      user: /^user (.+)$/m.exec(words)?.[1] ?? '',
      checking: /^stricthostkeychecking (.+)$/m.exec(words)?.[1] ?? '',
    }
  } catch {
    return { user: '', checking: '' }
  }
}

/** The program that connects with OpenSSH: one login per shell, unless the configuration of ssh shares connections. */
export const opensshProgram = (settings: OpensshSettings): Program => {
  const { address, port, user, connectTimeout, connectRetries, keepaliveInterval, throttles } = settings
  const description = `${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : `:${port}`} (openssh)`
  let asked: Configured | undefined
  const configured = (): Configured => (asked ??= readConfigured(settings))
  const checking = (): string => {
    if (settings.checking !== 'strict') return checkingWords[settings.checking]
    return configured().checking === 'accept-new' ? 'accept-new' : 'yes'
  }
  return {
    description,
    get user() {
      return user ?? configured().user
    },
    // ssh limits the time to connect; a login can take longer
    seconds: connectTimeout + usualLoginTimeout,
    // one throttle for all shells of the host, as each logs in
    throttle: throttles?.of(`${address} ${port ?? 'openssh'}`) ?? new LoginThrottle(),
    retries: connectRetries,
    judge: judgeOpenssh,
    words: (command) => [
      'ssh',
      '-T',
      ...option('BatchMode', 'yes'),
      // options for interactive use in the configuration would break the shells
      ...option('RemoteCommand', 'none'),
      ...option('ForkAfterAuthentication', 'no'),
      ...option('LogLevel', 'INFO'),
      ...option('StrictHostKeyChecking', checking()),
      ...option('ConnectTimeout', Math.ceil(connectTimeout)),
      ...destination(settings, [
        ...option('ServerAliveInterval', keepaliveInterval),
        ...option('ServerAliveCountMax', 3),
      ]),
      command,
    ],
    explain: (end) => explainOpenssh(description, end),
  }
}
