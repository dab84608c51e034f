/** The settings of sshd, and their text. Pure. */
import { algorithmsFor } from './algorithms.ts'
import type { Version } from './algorithms.ts'
import type { Params } from './params.ts'

/** Names and values in order; an array is one line each. */
export type Settings = readonly (readonly [name: string, value: string | readonly string[]])[]

const yes = (wanted: boolean): string => (wanted ? 'yes' : 'no')
const when = (name: string, value: string | undefined): Settings =>
  value === undefined ? [] : [[name, value]]
const list = (name: string, words: readonly string[]): Settings =>
  words.length === 0 ? [] : [[name, words.join(' ')]]
const lines = (name: string, values: readonly string[]): Settings =>
  values.length === 0 ? [] : [[name, values]]

/** Where the text of `banner` is on the host. */
export const bannerFile = '/etc/ssh/banner'

/** The settings for all connections. */
export const settingsOf = (given: Params, version: Version): Settings => [
  ...lines('Port', given.ports.map(String)),
  ...when('AddressFamily', given.addressFamily),
  ...lines('ListenAddress', given.listenAddresses),
  ...lines('HostKey', given.hostKeys),
  ...Object.entries(algorithmsFor(given, version)),
  ...when('RekeyLimit', given.rekeyLimit),
  ['PermitRootLogin', given.permitRootLogin],
  ['PubkeyAuthentication', yes(given.pubkeyAuthentication)],
  ['PasswordAuthentication', yes(given.passwordAuthentication)],
  ['KbdInteractiveAuthentication', yes(given.keyboardInteractive)],
  ['PermitEmptyPasswords', 'no'],
  ['HostbasedAuthentication', 'no'],
  ['IgnoreRhosts', 'yes'],
  ...(given.gssapiAuthentication ? when('GSSAPIAuthentication', 'yes') : []),
  ...when('AuthenticationMethods', given.authenticationMethods),
  ...when('UsePAM', given.usePam === undefined ? undefined : yes(given.usePam)),
  ...list('AllowUsers', given.allowUsers),
  ...list('DenyUsers', given.denyUsers),
  ...list('AllowGroups', given.allowGroups),
  ...list('DenyGroups', given.denyGroups),
  ...when('AuthorizedKeysFile', given.authorizedKeysFile),
  ...(given.authorizedKeysCommand === undefined
    ? []
    : [
        ...when('AuthorizedKeysCommand', given.authorizedKeysCommand),
        ...when('AuthorizedKeysCommandUser', given.authorizedKeysCommandUser),
      ]),
  ...when('TrustedUserCAKeys', given.trustedUserCaKeys),
  ...when('AuthorizedPrincipalsFile', given.authorizedPrincipalsFile),
  ...when('RevokedKeys', given.revokedKeys),
  ['StrictModes', 'yes'],
  ['MaxAuthTries', String(given.maxAuthTries)],
  ['MaxSessions', String(given.maxSessions)],
  ['MaxStartups', given.maxStartups],
  ['LoginGraceTime', String(given.loginGraceTime)],
  ['ClientAliveInterval', String(given.clientAliveInterval)],
  ['ClientAliveCountMax', String(given.clientAliveCountMax)],
  ['AllowTcpForwarding', given.tcpForwarding],
  ['AllowAgentForwarding', yes(given.agentForwarding)],
  ['X11Forwarding', yes(given.x11Forwarding)],
  ['GatewayPorts', given.gatewayPorts],
  ['PermitTunnel', given.permitTunnel],
  ['Compression', given.compression],
  ['PermitUserEnvironment', yes(given.permitUserEnvironment)],
  ['UseDNS', yes(given.useDns)],
  ['PrintMotd', yes(given.printMotd)],
  ['PrintLastLog', yes(given.printLastLog)],
  ...when('Banner', given.banner === undefined ? undefined : bannerFile),
  ['LogLevel', given.logLevel],
  ...when('SyslogFacility', given.syslogFacility),
  ...lines('AcceptEnv', given.acceptEnv),
  ...Object.entries(given.extra),
]

const textOf = (settings: Settings, indent = ''): string[] =>
  settings.flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map((one) => `${indent}${name} ${one}`),
  )

/** The text for all connections. */
export const generalText = (settings: Settings): string => `${textOf(settings).join('\n')}\n`

/** The text of Match sections; empty without any. */
export const matchText = ({ sftp, matches }: Params): string => {
  const sections = [
    ...(sftp === undefined
      ? []
      : [
          {
            criteria: `Group ${sftp.group}`,
            settings: [
              ['ForceCommand', `internal-sftp -u ${sftp.umask}`],
              ['ChrootDirectory', sftp.chroot],
              ['AllowTcpForwarding', 'no'],
              ['X11Forwarding', 'no'],
              ...when(
                'PasswordAuthentication',
                sftp.passwordAuthentication === undefined ? undefined : yes(sftp.passwordAuthentication),
              ),
            ] satisfies Settings,
          },
        ]),
    ...matches.map(({ criteria, settings }) => ({ criteria, settings: Object.entries(settings) })),
  ]
  return sections
    .map(({ criteria, settings }) => `Match ${criteria}\n${textOf(settings, '    ').join('\n')}\n`)
    .join('')
}

/** Settings whose value `sshd -T` prints as it is written. */
const comparable = new Set(
  [
    'Ciphers MACs KexAlgorithms HostKeyAlgorithms PubkeyAuthentication PasswordAuthentication KbdInteractiveAuthentication',
    'PermitEmptyPasswords HostbasedAuthentication MaxAuthTries MaxSessions MaxStartups LoginGraceTime ClientAliveInterval',
    'ClientAliveCountMax AllowTcpForwarding AllowAgentForwarding X11Forwarding GatewayPorts PermitTunnel Compression',
    'PermitUserEnvironment UseDNS Banner LogLevel PermitRootLogin',
  ].flatMap((names) => names.split(' ')),
)

/**
 * Settings that sshd does not use, although they are in the file: another file sets them first.
 *
 * @param effective lines of `sshd -T`: a name in lower case, a blank and the value.
 */
export const ineffective = (settings: Settings, effective: readonly string[]): string[] => {
  const now = new Map(
    effective.map((text) => {
      const [name = '', ...words] = text.split(' ')
      return [name, words.join(' ').replace(/^without-password$/, 'prohibit-password')]
    }),
  )
  return settings.flatMap(([name, value]) => {
    const found = now.get(name.toLowerCase())
    return found === undefined || !comparable.has(name) || found === value ? [] : [`${name} is ${found}`]
  })
}
