/** Parses arguments of ssh(1), from `ansible_ssh_common_args` and similar variables, as options of ssh_config(5). Pure. */

/** Supported options, which affect the connection. */
const honoured = new Set(
  `AddressFamily BindAddress CanonicalDomains CanonicalizeFallbackLocal CanonicalizeHostname CanonicalizeMaxDots
   CanonicalizePermittedCNAMEs CertificateFile ChallengeResponseAuthentication Ciphers Compression ConnectTimeout ForwardAgent
   GlobalKnownHostsFile HostKeyAlgorithms HostKeyAlias HostName IdentitiesOnly IdentityAgent IdentityFile
   KbdInteractiveAuthentication KexAlgorithms MACs PasswordAuthentication Port PreferredAuthentications ProxyCommand ProxyJump
   PubkeyAuthentication RevokedHostKeys ServerAliveCountMax ServerAliveInterval StrictHostKeyChecking User
   UserKnownHostsFile`
    .toLowerCase()
    .split(/\s+/),
)

/** Options without effect here: they share connections, print messages, or are optimizations. */
const harmless = new Set(
  `AddKeysToAgent BatchMode CheckHostIP ConnectionAttempts ControlMaster ControlPath ControlPersist GSSAPIAuthentication
   GSSAPIDelegateCredentials HashKnownHosts IPQoS LogLevel NumberOfPasswordPrompts TCPKeepAlive UpdateHostKeys VisualHostKey`
    .toLowerCase()
    .split(/\s+/),
)

/** Flags of ssh(1) without a value, with their options; empty if they have no effect here. */
const flags: Readonly<Record<string, string>> = {
  4: 'AddressFamily=inet',
  6: 'AddressFamily=inet6',
  A: 'ForwardAgent=yes',
  a: 'ForwardAgent=no',
  C: 'Compression=yes',
  q: '',
  T: '',
  v: '',
  x: '',
}

/** Flags with a value, with their options. */
const valued: Readonly<Record<string, string>> = {
  b: 'BindAddress',
  c: 'Ciphers',
  i: 'IdentityFile',
  J: 'ProxyJump',
  l: 'User',
  m: 'MACs',
  p: 'Port',
  S: 'ControlPath',
}

/** Parsed arguments of ssh. */
export interface SshArguments {
  /** The configuration file of `-F`. */
  readonly configFile?: string | undefined
  /** Options of ssh_config(5), each as for `-o`: `Port=2222`. */
  readonly options: readonly string[]
}

/** An unsupported argument, as written. */
export interface RefusedArgument {
  readonly refused: string
}

/** `Key=value` and `Key value` are the same to ssh. */
const keyed = (option: string): readonly [key: string, value: string] => {
  const [, key = '', value = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+)(.*)$/s.exec(option) ?? []
  return [key.toLowerCase(), value.trim()]
}

const isKnown = (option: string): boolean => {
  const [key, value] = keyed(option)
  if (honoured.has(key) || harmless.has(key)) return true
  // ssh2 signs with every algorithm that the server accepts, so adding algorithms has no effect; removing is not supported
  return /^pubkeyaccepted(algorithms|keytypes)$/.test(key) && value.startsWith('+')
}

const optionOf = (flag: string, value: string): string =>
  flag === 'o' ? value : `${valued[flag]}=${flag === 'i' ? `"${value}"` : value}`

/** Parses arguments of ssh, given as words. */
export const parseSshArguments = (words: readonly string[]): SshArguments | RefusedArgument => {
  const options: string[] = []
  let configFile: string | undefined
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!/^-[^-]/.test(word)) return { refused: word }
    for (let cluster = word.slice(1); cluster !== '';) {
      const [flag = ''] = cluster
      cluster = cluster.slice(1)
      const meaning = flags[flag]
      if (meaning !== undefined) {
        if (meaning !== '') options.push(meaning)
        continue
      }
      if (flag !== 'o' && flag !== 'F' && valued[flag] === undefined) return { refused: `-${flag}` }
      const value = cluster === '' ? left.shift() : cluster
      if (value === undefined) return { refused: `-${flag} without a value` }
      cluster = ''
      if (flag === 'F') configFile = value
      else if (isKnown(optionOf(flag, value))) options.push(optionOf(flag, value))
      else return { refused: `-${flag} ${value}` }
    }
  }
  return { configFile, options }
}

/** The value of an option in arguments: the first one wins, as in ssh. */
export const optionIn = (options: readonly string[], name: string): string | undefined =>
  options.map(keyed).find(([key]) => key === name.toLowerCase())?.[1]
