/** Expands the tokens of ssh_config(5) that `ssh -G` does not expand: `%h`, `~`, `${NAME}`. Pure. */

import { CoxswainError } from '../../../errors.ts'

/** The values of the tokens. */
export interface Tokens {
  /** `%h`: the name or address to connect to. */
  readonly hostName: string
  /** `%n`: the name as given. */
  readonly given: string
  readonly port: number
  /** `%r`: the login user. */
  readonly user: string
  /** `%u`: the local user. */
  readonly localUser: string
  /** `%d` and `~`: the home folder of the local user. */
  readonly home: string
  /** `%i`: the UID of the local user. */
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

/** Expands `%` tokens in a text; unknown tokens stay. */
export const expandTokens = (text: string, tokens: Tokens): string => {
  const known = letters(tokens)
  return text.replaceAll(/%(.)/g, (token, letter: string) => known[letter] ?? token)
}

/** Characters with a meaning to a shell; OpenSSH 9.6 also refuses such names (CVE-2023-51385). */
const unsafe = /^-|[\s'"`$\\;&<>|(){}*?!#~]/

/**
 * Expands `%` tokens in a command line for a shell.
 *
 * @throws `connect-failed` if the value of a token has characters with a meaning to the shell.
 */
export const expandCommand = (command: string, tokens: Tokens): string => {
  const known = letters(tokens)
  for (const [, letter = ''] of command.matchAll(/%(.)/g)) {
    const value = known[letter]
    if (value === undefined || !unsafe.test(value)) continue
    throw new CoxswainError('connect-failed', `${value} cannot be %${letter} in a ProxyCommand`, {
      hint: 'use a name of letters, digits, dots and dashes, as a shell reads it',
    })
  }
  return expandTokens(command, tokens)
}

/** Expands `~`, `${NAME}` and `%` tokens in a path; undefined if a variable is not set. */
export const expandPath = (path: string, tokens: Tokens): string | undefined => {
  let missing = false
  const home = path === '~' || path.startsWith('~/') ? `${tokens.home}${path.slice(1)}` : path
  const filled = home.replaceAll(/%(.)|\$\{([^}]*)\}/g, (token, letter: string | undefined, name: string) => {
    if (letter !== undefined) return letters(tokens)[letter] ?? token
    const value = tokens.environment[name]
    missing ||= value === undefined
    return value ?? ''
  })
  return missing ? undefined : filled
}
