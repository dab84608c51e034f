/** Matches hosts with patterns. Pure. */
import { hostsOfGroup, knownNames } from '../graph.ts'
import { nearest } from '../nearest.ts'
import { parsePattern, patternError } from './parse.ts'
import type { Subscript, Term } from './parse.ts'
import type { Inventory } from '../types.ts'

/** Options of {@link matchHosts}. */
export interface MatchOptions {
  /** The source of the pattern, for errors: `--limit`, `hosts of play "x"`. */
  readonly name?: string
  /** Reads the file of `@file`; without it, files are not allowed. */
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

/** The hint for an unknown name. */
const hintFor = (inventory: Inventory, { text, source, offset }: Term): string => {
  const guess = nearest(text, [...inventory.groups.keys(), ...inventory.hosts.keys()])
  if (guess !== undefined) return `did you mean ${guess}?`
  if (/^\d+$/.test(text) && source.text[offset - 1] === ':')
    return `a pattern cannot have a port: set the port of the host in the inventory (port: ${text})`
  if (['localhost', '127.0.0.1', '::1'].includes(text))
    return 'add this machine to the inventory: localhost: { connection: local }'
  return knownNames(inventory)
}

/**
 * The hosts of a name, glob or regular expression, in Ansible's order: those of each matching group, one group after
 * another, then matching hosts. A host in several groups is listed several times, which affects subscripts.
 */
const named = (inventory: Inventory, term: Term): string[] => {
  const { text, kind, role, source, offset } = term
  const regex = kind === 'regex'
  const { groups, hosts } = inventory
  if (!regex) {
    // if a host and a group have the same name, a union matches the host, and everything else the group
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
    `${regex ? '~' : ''}${text} does not match any host or group`,
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
    const has =
      hosts.length === 0 ? 'has no hosts' : `has ${hosts.length} hosts: [0] to [${hosts.length - 1}]`
    const letters = /^\d\d/.test(String(from)) ? `; for a character class write ~${text}[${from}]$` : ''
    throw patternError(source, offset, `${text}[${from}] is out of range`, `${text} ${has}${letters}`)
  }
  const position = (index: number): number => (index < 0 ? hosts.length + index : index)
  // both ends are included, as in Ansible
  const chosen = hosts.slice(Math.max(0, position(from ?? 0)), position(to ?? -1) + 1)
  // [1:] can be empty; a range with both ends cannot
  if (chosen.length > 0 || to === undefined) return chosen
  throw patternError(
    source,
    offset,
    `${text}[${from ?? ''}:${to}] does not match any host`,
    `${text} has ${hosts.length} hosts`,
  )
}

/** The terms of a file with one pattern per line and `#` before comments. */
const termsOfFile = ({ text: path, source, offset }: Term, { readFile }: MatchOptions): Term[] => {
  if (readFile === undefined) throw patternError(source, offset, 'a pattern file cannot be used here')
  const terms = readFile(path)
    .split('\n')
    .flatMap((line, index) => {
      const text = line.replace(/(^|\s)#.*$/, '').trimEnd()
      return text.trim() === '' ? [] : parsePattern({ text, file: path, line: index + 1 })
    })
  const inner = terms.find(({ kind }) => kind === 'file')
  if (inner !== undefined)
    throw patternError(
      inner.source,
      inner.offset,
      'a pattern file cannot include another one',
      'give both: @one,@two',
    )
  if (terms.length > 0) return terms
  throw patternError(source, offset, `${path} has no patterns`, 'write `all` for every host')
}

const hostsOfTerm = (inventory: Inventory, term: Term, options: MatchOptions): string[] => {
  if (term.kind === 'file') return hostsOfTerms(inventory, termsOfFile(term, options), options)
  // a host can be named fe80::1 or web[1]; an exact name comes before the syntax
  const hosts = named(inventory, term)
  return term.subscript === undefined ? hosts : subscripted(hosts, term, term.subscript)
}

/** Applies all unions in the order written, then all `&`, then all `!`. */
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
 * Returns the hosts of a pattern: all unions in the order written, then all `&`, then all `!`.
 *
 * The result can only be empty because of `&`, `!` and `[n:]`; a name that matches nothing is an error. The content of
 * `@file` replaces it, so that a `!` in the file applies to the complete pattern; `!@file` excludes the hosts of the file.
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
