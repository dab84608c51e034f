/** Arguments of ssh(1), as `ansible_ssh_common_args` and its siblings hold them, read as options of ssh_config(5). Pure. */

/** Options that make a difference to how a host is reached, and that are honoured. */
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

/** Options that change nothing of what we do: they share connections, speak to people, or speed up what we do otherwise. */
const harmless = new Set(
  `AddKeysToAgent BatchMode CheckHostIP ConnectionAttempts ControlMaster ControlPath ControlPersist GSSAPIAuthentication
   GSSAPIDelegateCredentials HashKnownHosts IPQoS LogLevel NumberOfPasswordPrompts TCPKeepAlive UpdateHostKeys VisualHostKey`
    .toLowerCase()
    .split(/\s+/),
)

/** Flags of ssh(1) without a value: the options that they stand for, or nothing where they change nothing for us. */
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

/** Flags with a value: the option that it belongs to. */
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

/** Arguments of ssh as far as we honour them. */
export interface SshArguments {
  /** A configuration file, as `-F` names it. */
  readonly configFile?: string | undefined
  /** Options of ssh_config(5), each as `-o` takes it: `Port=2222`. */
  readonly options: readonly string[]
}

/** What of the arguments we do not have, as it is written. */
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
  // ssh2 signs with every algorithm that the server takes: more of them are no news, fewer we could not keep
  return /^pubkeyaccepted(algorithms|keytypes)$/.test(key) && value.startsWith('+')
}

const optionOf = (flag: string, value: string): string =>
  flag === 'o' ? value : `${valued[flag]}=${flag === 'i' ? `"${value}"` : value}`

/** Reads arguments of ssh, cut into words. */
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

/** The value of an option in arguments: the first one counts, as it does for ssh. */
export const optionIn = (options: readonly string[], name: string): string | undefined =>
  options.map(keyed).find(([key]) => key === name.toLowerCase())?.[1]
