/** Parses the output of `ssh -G`: the options of ssh_config(5) for one host. Pure. */
import { algorithmsOf, beyondSsh2 } from './algorithms.ts'
import type { Algorithms } from './algorithms.ts'
import { parseJump } from './jump.ts'
import type { Jump } from './jump.ts'

/** The settings of OpenSSH for one host; undefined if not configured. */
export interface SshConfig {
  readonly hostName: string
  readonly port: number
  readonly user: string
  /** As written: can contain `~`, `%h` and `${NAME}`. Undefined for the default files of ssh. */
  readonly identityFiles: readonly string[] | undefined
  readonly identitiesOnly: boolean
  /** A socket, `SSH_AUTH_SOCK`, `$NAME`, or `none`. */
  readonly identityAgent: string | undefined
  readonly certificateFiles: readonly string[]
  readonly hostKeyAlias: string | undefined
  readonly userKnownHosts: readonly string[]
  readonly globalKnownHosts: readonly string[]
  readonly checking: 'yes' | 'ask' | 'accept-new' | 'no'
  /** Seconds. */
  readonly connectTimeout: number | undefined
  /** Seconds. */
  readonly aliveInterval: number | undefined
  readonly aliveCountMax: number
  /** The jump hosts, in order. */
  readonly proxyJump: readonly Jump[]
  /** As written: can contain `%h`, `%p`, `%r` and `%n`. */
  readonly proxyCommand: string | undefined
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  readonly bindAddress: string | undefined
  readonly compression: boolean
  /** Authentication methods in order; undefined if not configured. */
  readonly authentications: readonly string[] | undefined
  /** The configured algorithms. */
  readonly algorithms: Algorithms
  /** Relevant options that only OpenSSH supports, by name. */
  readonly unsupported: readonly string[]
}

/** The default key files of ssh: four or more, depending on its version. */
const triedByItself = /^~\/\.ssh\/id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|mldsa\w*)$/

const seconds = (text: string | undefined): number | undefined => {
  const number = Number(text)
  return Number.isFinite(number) && number > 0 ? number : undefined
}

const given = (text: string | undefined): string | undefined =>
  text === undefined || text === '' || text.toLowerCase() === 'none' ? undefined : text

/**
 * Paths that ssh prints in one line without quotes: a word that does not start like a path belongs to the path before it, which
 * then has a space.
 */
const pathsOf = (line: string | undefined): string[] => {
  const paths: string[] = []
  for (const word of (line ?? '').split(' ')) {
    const last = paths.at(-1)
    if (last === undefined || /^[/~]/.test(word)) paths.push(word)
    else paths[paths.length - 1] = `${last} ${word}`
  }
  return paths.filter((path) => given(path) !== undefined)
}

/** The configured key files. The output of ssh does not distinguish them from its defaults. */
const namedOf = (files: readonly string[]): string[] | undefined => {
  const isUsual = files.length === 0 || (files.length >= 4 && files.every((file) => triedByItself.test(file)))
  return isUsual ? undefined : files.filter((file) => given(file) !== undefined)
}

const checkings = {
  true: 'yes',
  yes: 'yes',
  ask: 'ask',
  'accept-new': 'accept-new',
  false: 'no',
  no: 'no',
  off: 'no',
} as const
const isChecking = (word: string): word is keyof typeof checkings => word in checkings

const families = ['inet', 'inet6'] as const

/** Options that ssh2 does not support and that must not be ignored. */
const beyond: readonly (readonly [option: string, called: string])[] = [
  ['proxyusefdpass', 'ProxyUseFdpass'],
  ['revokedhostkeys', 'RevokedHostKeys'],
]
const isOn = (value: string | undefined): boolean =>
  given(value) !== undefined && value !== 'no' && value !== 'false'

/** Authentication methods, each with the option that turns it off. */
const switches: readonly (readonly [way: string, option: string])[] = [
  ['publickey', 'pubkeyauthentication'],
  ['password', 'passwordauthentication'],
  ['keyboard-interactive', 'kbdinteractiveauthentication'],
]

const authenticationsOf = (one: (key: string) => string | undefined): readonly string[] | undefined => {
  const preferred = given(one('preferredauthentications'))?.split(',')
  const off = switches.filter(([, option]) => !isOn(one(option) ?? 'yes')).map(([way]) => way)
  if (preferred === undefined && off.length === 0) return undefined
  return (preferred ?? switches.map(([way]) => way)).filter((way) => !off.includes(way))
}

const linesOf = (text: string): ReadonlyMap<string, readonly string[]> => {
  const lines = new Map<string, string[]>()
  for (const line of text.split(/\r?\n/)) {
    const [, key = '', value = ''] = /^(\S+) ?(.*)$/.exec(line) ?? []
    if (key === '') continue
    lines.set(key.toLowerCase(), [...(lines.get(key.toLowerCase()) ?? []), value])
  }
  return lines
}

/**
 * Parses the output of `ssh -G`.
 *
 * @param usual its output without configuration.
 */
export const parseSshConfig = (text: string, usual: string): SshConfig => {
  const lines = linesOf(text)
  const usually = linesOf(usual)
  const one = (key: string): string | undefined => lines.get(key)?.[0]
  const checking = one('stricthostkeychecking') ?? 'ask'
  const algorithms = algorithmsOf(one, (key) => usually.get(key)?.[0])
  return {
    hostName: one('hostname') ?? '',
    port: seconds(one('port')) ?? 22,
    user: one('user') ?? '',
    identityFiles: namedOf(lines.get('identityfile') ?? []),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: one('identityagent'),
    certificateFiles: (lines.get('certificatefile') ?? []).filter((file) => given(file) !== undefined),
    hostKeyAlias: given(one('hostkeyalias')),
    userKnownHosts: pathsOf(one('userknownhostsfile')),
    globalKnownHosts: pathsOf(one('globalknownhostsfile')),
    // an unknown value is strict
    checking: isChecking(checking) ? checkings[checking] : 'yes',
    connectTimeout: seconds(one('connecttimeout')),
    aliveInterval: seconds(one('serveraliveinterval')),
    aliveCountMax: seconds(one('serveralivecountmax')) ?? 3,
    proxyJump: parseJump(given(one('proxyjump'))),
    proxyCommand: given(one('proxycommand')),
    addressFamily: families.find((family) => family === one('addressfamily')) ?? 'any',
    bindAddress: given(one('bindaddress')),
    compression: isOn(one('compression')),
    authentications: authenticationsOf(one),
    algorithms,
    unsupported: [
      ...beyond.filter(([option]) => isOn(one(option))).map(([, called]) => called),
      ...beyondSsh2(algorithms),
    ],
  }
}
