/** The tokens of ssh_config(5) that ssh leaves for later: `%h`, `~`, `${NAME}`. Pure. */

/** What the tokens stand for. */
export interface Tokens {
  /** `%h`: the name or address that is connected to. */
  readonly hostName: string
  /** `%n`: the name as it was given. */
  readonly given: string
  readonly port: number
  /** `%r`: the user there. */
  readonly user: string
  /** `%u`: the user here. */
  readonly localUser: string
  /** `%d` and `~`: the home folder here. */
  readonly home: string
  /** `%i`: the number of the user here. */
  readonly uid: number
  /** `%l`: the name of this machine. */
  readonly machine: string
  /** `%k`: the alias of the host's key. */
  readonly keyName: string
  /** `${NAME}`. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const letters = (tokens: Tokens): Readonly<Record<string, string>> => ({
  '%': '%',
  h: tokens.hostName,
  n: tokens.given,
  p: String(tokens.port),
  r: tokens.user,
  u: tokens.localUser,
  d: tokens.home,
  i: String(tokens.uid),
  l: tokens.machine,
  L: tokens.machine.split('.')[0] ?? '',
  k: tokens.keyName,
})

/** A text with its `%` tokens filled in; what is no token of ours stays. */
export const expandTokens = (text: string, tokens: Tokens): string => {
  const known = letters(tokens)
  return text.replaceAll(/%(.)/g, (whole, letter: string) => known[letter] ?? whole)
}

/** A path with `~`, `${NAME}` and `%` tokens filled in; undefined when it names a variable that there is not. */
export const expandPath = (path: string, tokens: Tokens): string | undefined => {
  let missing = false
  const home = path === '~' || path.startsWith('~/') ? `${tokens.home}${path.slice(1)}` : path
  const filled = home.replaceAll(/%(.)|\$\{([^}]*)\}/g, (whole, letter: string | undefined, name: string) => {
    if (letter !== undefined) return letters(tokens)[letter] ?? whole
    const value = tokens.environment[name]
    missing ||= value === undefined
    return value ?? ''
  })
  return missing ? undefined : filled
}
