/** The tokens of ssh_config(5) that ssh leaves for later: `%h`, `~`, `${NAME}`. Pure. */

import { CoxswainError } from '../../../errors.ts'

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

/** What a shell would take for more than a name; OpenSSH 9.6 refuses such names, too (CVE-2023-51385). */
const unsafe = /^-|[\s'"`$\\;&<>|(){}*?!#~]/

/**
 * A command line for a shell with its `%` tokens filled in.
 *
 * @throws `connect-failed` when what a token stands for would mean more than a name to the shell.
 */
export const expandCommand = (command: string, tokens: Tokens): string => {
  const known = letters(tokens)
  for (const [, letter = ''] of command.matchAll(/%(.)/g)) {
    const value = known[letter]
    if (value === undefined || !unsafe.test(value)) continue
    throw new CoxswainError('connect-failed', `${value} cannot be %${letter} in a ProxyCommand`, {
      hint: 'a name of letters, digits, dots and dashes is needed where a shell reads it',
    })
  }
  return expandTokens(command, tokens)
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
