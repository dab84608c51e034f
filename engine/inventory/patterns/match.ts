/** Which hosts a pattern means. Pure. */
import { hostsOfGroup } from '../graph.ts'
import { nearest } from '../nearest.ts'
import { parsePattern, patternError } from './parse.ts'
import type { Subscript, Term } from './parse.ts'
import type { Inventory } from '../types.ts'

/** What a pattern is matched with besides the inventory. */
export interface MatchOptions {
  /** What the pattern is, for errors: `--limit`, `hosts of play "x"`. */
  readonly name?: string
  /** Gives the text of a file that `@file` names; absent where there are no files. */
  readonly readFile?: (path: string) => string
}

const globRegex = (glob: string): RegExp => {
  const source = glob.replaceAll(/\[!|[.+^${}()|\\]|\*|\?/g, (mark) => {
    if (mark === '*') return '.*'
    if (mark === '?') return '.'
    return mark === '[!' ? '[^' : `\\${mark}`
  })
  return new RegExp(`^${source}$`)
}

const matcher = ({ text, kind, source, offset }: Term): RegExp => {
  try {
    // anchored at the start only, as in Ansible
    return kind === 'regex' ? new RegExp(`^(?:${text})`) : globRegex(text)
  } catch (cause) {
    throw patternError(
      source,
      offset,
      `not a ${kind === 'regex' ? 'regular expression' : 'glob'}: ${text} (${String(cause)})`,
    )
  }
}

/** What may have been meant by a name that is nobody's. */
const hintFor = (inventory: Inventory, { text, source, offset }: Term): string => {
  const guess = nearest(text, [...inventory.groups.keys(), ...inventory.hosts.keys()])
  if (guess !== undefined) return `did you mean ${guess}?`
  if (/^\d+$/.test(text) && source.text[offset - 1] === ':')
    return `a port is no part of a pattern: set it at the host in the inventory (port: ${text})`
  if (['localhost', '127.0.0.1', '::1'].includes(text))
    return 'this machine counts only where the inventory names it: localhost: { connection: local }'
  return `groups: ${[...inventory.groups.keys()].join(', ')}`
}

/**
 * Hosts of a name, glob or regular expression, as Ansible lists them: those of each group that matches, one group after
 * another, then the hosts that match themselves. A host that several groups have stands there several times, which counts
 * for subscripts.
 */
const named = (inventory: Inventory, term: Term): string[] => {
  const { text, kind, role, source, offset } = term
  const regex = kind === 'regex'
  const { groups, hosts } = inventory
  if (!regex) {
    // of a host and a group of one name a union means the host, everything else the group
    if (hosts.has(text) && term.subscript === undefined && (role === 'union' || !groups.has(text)))
      return [text]
    if (groups.has(text) && !text.includes('.')) return hostsOfGroup(inventory, text)
  }
  const wanted = matcher(term)
  const matched = [...groups.keys()].filter((name) => wanted.test(name))
  const found = [
    ...matched.flatMap((name) => hostsOfGroup(inventory, name)),
    ...[...hosts.keys()].filter((name) => wanted.test(name)),
  ]
  if (found.length > 0 || matched.length > 0) return found
  throw patternError(
    source,
    offset,
    `${regex ? '~' : ''}${text} matches no host and no group`,
    hintFor(inventory, term),
  )
}

const subscripted = (
  hosts: readonly string[],
  { text, source, offset }: Term,
  { from, to, range }: Subscript,
): string[] => {
  if (!range) {
    const host = hosts.at(from ?? 0)
    if (host !== undefined) return [host]
    const has = hosts.length === 0 ? 'has no host' : `has ${hosts.length} hosts: [0] to [${hosts.length - 1}]`
    const letters = /^\d\d/.test(String(from)) ? `; for one letter of several write ~${text}[${from}]$` : ''
    throw patternError(source, offset, `${text}[${from}] is out of range`, `${text} ${has}${letters}`)
  }
  const position = (index: number): number => (index < 0 ? hosts.length + index : index)
  // both ends count, as in Ansible
  const chosen = hosts.slice(Math.max(0, position(from ?? 0)), position(to ?? -1) + 1)
  // [1:] is the others, and there may be none; both ends given mean somebody
  if (chosen.length > 0 || to === undefined) return chosen
  throw patternError(
    source,
    offset,
    `${text}[${from ?? ''}:${to}] leaves no host`,
    `${text} has ${hosts.length} hosts`,
  )
}

/** The terms of all lines of a file: one pattern a line, `#` before a comment. */
const termsOfFile = ({ text: path, source, offset }: Term, { readFile }: MatchOptions): Term[] => {
  if (readFile === undefined) throw patternError(source, offset, 'a file of patterns cannot be named here')
  const terms = readFile(path)
    .split('\n')
    .flatMap((whole, index) => {
      const text = whole.replace(/(^|\s)#.*$/, '').trimEnd()
      return text.trim() === '' ? [] : parsePattern({ text, file: path, line: index + 1 })
    })
  const inner = terms.find(({ kind }) => kind === 'file')
  if (inner !== undefined)
    throw patternError(
      inner.source,
      inner.offset,
      'a file of patterns names no other',
      'name it beside this one',
    )
  if (terms.length > 0) return terms
  throw patternError(source, offset, `${path} names no host`, 'write `all` into it for every host')
}

const hostsOfTerm = (inventory: Inventory, term: Term, options: MatchOptions): string[] => {
  if (term.kind === 'file') return hostsOfTerms(inventory, termsOfFile(term, options), options)
  // a host may be called fe80::1 or web[1]; the name as a whole goes before any reading of it
  const hosts = named(inventory, term)
  return term.subscript === undefined ? hosts : subscripted(hosts, term, term.subscript)
}

/** First all unions in the order written, then all `&`, then all `!`. */
const hostsOfTerms = (inventory: Inventory, terms: readonly Term[], options: MatchOptions): string[] => {
  const hosts = (role: Term['role']): string[][] =>
    terms.filter((term) => term.role === role).map((term) => hostsOfTerm(inventory, term, options))
  const unions = hosts('union')
  const start = [...new Set(unions.length === 0 ? hostsOfGroup(inventory, 'all') : unions.flat())]
  const within = hosts('intersection')
  const without = new Set(hosts('exclusion').flat())
  return start.filter((host) => within.every((set) => set.includes(host)) && !without.has(host))
}

/**
 * The hosts of a pattern: first all unions in the order written, then all `&`, then all `!`.
 *
 * The answer may be empty only through `&`, `!` and `[n:]`; a name that matches nothing is an error. What a file says
 * (`@file`) counts as if it stood in its place, so that a `!` in it is taken from the whole; `!@file` takes away whom
 * the file means.
 *
 * @throws `pattern-invalid` with a caret and the nearest name.
 * @example
 * matchHosts(inventory, 'masters[1:]')
 */
export const matchHosts = (inventory: Inventory, pattern: string, options: MatchOptions = {}): string[] => {
  if (inventory.hosts.has(pattern)) return [pattern]
  const terms = parsePattern({ text: pattern, file: options.name ?? 'host pattern' }).flatMap((term) =>
    term.kind === 'file' && term.role === 'union' ? termsOfFile(term, options) : [term],
  )
  return hostsOfTerms(inventory, terms, options)
}
