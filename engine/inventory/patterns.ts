/** Which hosts a pattern means. Pure. */
import { hostsOfGroup } from './graph.ts'
import { nearest } from './nearest.ts'
import { parsePattern, patternError } from './pattern-parser.ts'
import type { Subscript, Term } from './pattern-parser.ts'
import type { Inventory } from './types.ts'

const isGlob = (text: string): boolean => /[*?[]/.test(text)

const globRegex = (glob: string): RegExp => {
  const source = glob.replaceAll(/\[!|[.+^${}()|\\]|\*|\?/g, (mark) => {
    if (mark === '*') return '.*'
    if (mark === '?') return '.'
    return mark === '[!' ? '[^' : `\\${mark}`
  })
  return new RegExp(`^${source}$`)
}

const matcher = (pattern: string, { text, regex, offset }: Term): RegExp => {
  try {
    // anchored at the start only, as in Ansible
    return regex ? new RegExp(`^(?:${text})`) : globRegex(text)
  } catch (cause) {
    throw patternError(
      pattern,
      offset,
      `not a ${regex ? 'regular expression' : 'glob'}: ${text} (${String(cause)})`,
    )
  }
}

/** Hosts of a name, glob or regular expression: of the groups that match, else the hosts that do. */
const named = (inventory: Inventory, pattern: string, term: Term): string[] => {
  const { text, regex, offset } = term
  if (!regex && inventory.hosts.has(text)) return [text]
  if (!regex && inventory.groups.has(text)) return hostsOfGroup(inventory, text)
  if (regex || isGlob(text)) {
    const wanted = matcher(pattern, term)
    const found = new Set(
      [...inventory.groups.keys()]
        .filter((name) => wanted.test(name))
        .flatMap((name) => hostsOfGroup(inventory, name)),
    )
    for (const host of inventory.hosts.keys()) if (wanted.test(host)) found.add(host)
    if (found.size > 0) return [...inventory.hosts.keys()].filter((host) => found.has(host))
  }
  const candidates = [...inventory.groups.keys(), ...inventory.hosts.keys()]
  const guess = nearest(text, candidates)
  throw patternError(
    pattern,
    offset,
    `${regex ? '~' : ''}${text} matches no host and no group`,
    guess === undefined ? `groups: ${[...inventory.groups.keys()].join(', ')}` : `did you mean ${guess}?`,
  )
}

const subscripted = (
  hosts: readonly string[],
  pattern: string,
  term: Term,
  subscript: Subscript,
): string[] => {
  const { from, to, range } = subscript
  if (!range) {
    const host = hosts.at(from ?? 0)
    if (host !== undefined) return [host]
    const last = hosts.length - 1
    throw patternError(
      pattern,
      term.offset,
      `${term.text}[${from}] is out of range`,
      `${term.text} has ${hosts.length} hosts: [0] to [${last}]`,
    )
  }
  const position = (index: number): number => (index < 0 ? hosts.length + index : index)
  // both ends count, as in Ansible
  const chosen = hosts.slice(Math.max(0, position(from ?? 0)), position(to ?? -1) + 1)
  if (chosen.length > 0) return chosen
  throw patternError(
    pattern,
    term.offset,
    `${term.text}[${from ?? ''}:${to ?? ''}] leaves no host`,
    `${term.text} has ${hosts.length} hosts`,
  )
}

const hostsOfTerm = (inventory: Inventory, pattern: string, term: Term): string[] => {
  // a host may be called fe80::1 or web[1]; the name as a whole goes before any reading of it
  const hosts = named(inventory, pattern, term)
  return term.subscript === undefined ? hosts : subscripted(hosts, pattern, term, term.subscript)
}

/**
 * The hosts of a pattern: first all unions in the order written, then all `&`, then all `!`.
 *
 * The answer may be empty only through `&` and `!`; a name that matches nothing is an error.
 *
 * @throws `pattern-invalid` with a caret and the nearest name.
 * @example
 * matchHosts(inventory, 'masters[1:]')
 */
export const matchHosts = (inventory: Inventory, pattern: string): string[] => {
  if (inventory.hosts.has(pattern)) return [pattern]
  const terms = parsePattern(pattern)
  const hosts = (role: Term['role']): string[][] =>
    terms.filter((term) => term.role === role).map((term) => hostsOfTerm(inventory, pattern, term))
  const unions = hosts('union')
  const start = unions.length === 0 ? [...inventory.hosts.keys()] : [...new Set(unions.flat())]
  const within = hosts('intersection')
  const without = new Set(hosts('exclusion').flat())
  return start.filter((host) => within.every((set) => set.includes(host)) && !without.has(host))
}
