/** A host through the system's own `ssh`, which reads its own configuration and knows ways to log in that ssh2 does not. */
import { execFileSync } from 'node:child_process'
import { LoginThrottle } from '../login-throttle.ts'
import type { LoginThrottles } from '../login-throttle.ts'
import { usualLoginTimeout } from '../ssh/settings.ts'
import type { Program } from './process-transport.ts'
import { explainOpenssh, judgeOpenssh } from './openssh-words.ts'
import type { HostKeyChecking } from '../types.ts'

/** What ssh is told; it finds everything else in its own configuration. */
export interface OpensshSettings {
  readonly address: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  readonly privateKeyFile?: string | undefined
  readonly knownHostsFile?: string | undefined
  /** A configuration of ssh, instead of the usual ones. */
  readonly configFile?: string | undefined
  /** Hosts on the way, as ProxyJump names them. */
  readonly proxyJump?: string | undefined
  readonly forwardAgent?: boolean | undefined
  /** Options of ssh_config that count before port, user and key, each as `-o` takes it. */
  readonly before?: readonly string[] | undefined
  /** Those that count after them. */
  readonly after?: readonly string[] | undefined
  /** `strict` follows `accept-new` of ssh's configuration, and never its `no`. */
  readonly checking: HostKeyChecking
  /** Seconds for one attempt to connect and log in. */
  readonly connectTimeout: number
  /** How often to try again, within that time, when nobody answers. A server that is too busy is asked all that time. */
  readonly connectRetries: number
  /** Shared by the connections of a run, so that they do not crowd one server; a throttle of its own where absent. */
  readonly throttles?: LoginThrottles | undefined
  /** Seconds between signs of life; three unanswered ones end the connection. */
  readonly keepaliveInterval: number
}

const options = (list: readonly string[] = []): readonly string[] => list.flatMap((one) => ['-o', one])

const option = (name: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : ['-o', `${name}=${value}`]

/** A value of ssh_config(5) that may have spaces, and `%` that means itself. */
const path = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : `"${file.replaceAll('%', '%%')}"`

const checkingWords = { 'accept-new': 'accept-new', off: 'no' } as const

/** The arguments that name the host and how to log in, without a command. */
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

/** Seconds that ssh may take to say what its configuration is. */
const answerTime = 5

interface Configured {
  readonly user: string
  readonly checking: string
}

/** What ssh's configuration says where nothing else does: the user, and how host keys are checked; empty where it cannot say. */
const configuredOf = (settings: OpensshSettings): Configured => {
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

/** The program that reaches a host over OpenSSH: a login for each shell, unless ssh's configuration shares them. */
export const opensshProgram = (settings: OpensshSettings): Program => {
  const { address, port, user, connectTimeout, connectRetries, keepaliveInterval, throttles } = settings
  const description = `${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : `:${port}`} (openssh)`
  let asked: Configured | undefined
  const configured = (): Configured => (asked ??= configuredOf(settings))
  const checking = (): string => {
    if (settings.checking !== 'strict') return checkingWords[settings.checking]
    return configured().checking === 'accept-new' ? 'accept-new' : 'yes'
  }
  return {
    description,
    get user() {
      return user ?? configured().user
    },
    // ssh itself ends an attempt to connect in its time; a login may take longer
    seconds: connectTimeout + usualLoginTimeout,
    // one for all shells of the host, each of which logs in
    throttle: throttles?.of(`${address} ${port ?? 'openssh'}`) ?? new LoginThrottle(),
    retries: connectRetries,
    judge: judgeOpenssh,
    words: (command) => [
      'ssh',
      '-T',
      ...option('BatchMode', 'yes'),
      // what the configuration may ask for people at a terminal would come between our shells
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
