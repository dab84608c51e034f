import { CoxswainError } from '../../errors.ts'

/** A pattern and its place, for errors. */
export interface PatternSource {
  readonly text: string
  /** Its source: `--limit`, `hosts of play "x"`, a file. */
  readonly file: string
  /** The line in a file. */
  readonly line?: number
}

/** `[0]`, `[-1]`, `[1:]`, `[:3]`, `[1:3]`: positions from 0, negative ones from the end, both ends included. */
export interface Subscript {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly range: boolean
}

/** One term of a pattern. */
export interface Term {
  readonly role: 'union' | 'intersection' | 'exclusion'
  readonly kind: 'name' | 'regex' | 'file'
  /** A name, a glob, the source of a regular expression, or the path of a file of patterns. */
  readonly text: string
  readonly subscript: Subscript | undefined
  readonly source: PatternSource
  /** The start of the term in its source. */
  readonly offset: number
}

/** An error in a pattern, with a caret under the place. */
export const patternError = (
  { text, file, line }: PatternSource,
  offset: number,
  message: string,
  hint?: string,
): CoxswainError =>
  new CoxswainError('pattern-invalid', message, {
    place: { file, ...(line !== undefined && { line }), column: offset + 1, excerpt: text },
    hint,
  })

const subscriptOf = (
  source: PatternSource,
  offset: number,
  text: string,
): { name: string; subscript: Subscript | undefined } => {
  const dashed = /^(.+)\[(\d+)-(\d*)\]$/.exec(text)
  if (dashed !== null) {
    const [, name = '', from = '', to = ''] = dashed
    throw patternError(
      source,
      offset + name.length,
      `[${from}-${to}] can mean positions or characters`,
      `write ${name}[${from}:${to}] for positions, ~${name}[${from}-${to}]$ for characters`,
    )
  }
  const match = /^(.+)\[(-?\d*)(:?)(-?\d*)\]$/.exec(text)
  const [, name = '', from = '', colon, to = ''] = match ?? []
  // a character class of a glob, such as web[ab], has letters in it
  if (match === null || (from === '' && to === '' && colon === ''))
    return { name: text, subscript: undefined }
  const number = (digits: string): number | undefined => (digits === '' ? undefined : Number(digits))
  return { name, subscript: { from: number(from), to: number(to), range: colon === ':' } }
}

/** Splits at separators, but not in brackets, where a colon belongs to a subscript, or in groups of a regular expression. */
const split = (pattern: string, separator: ',' | ':'): { text: string; offset: number }[] => {
  const parts: { text: string; offset: number }[] = []
  let [depth, round, start] = [0, 0, 0]
  const inRegex = (): boolean => /^\s*[!&]?~/.test(pattern.slice(start))
  for (let at = 0; at <= pattern.length; at += 1) {
    const letter = pattern[at]
    if (letter === '\\' && inRegex()) {
      at += 1
      continue
    }
    if (letter === '[') depth += 1
    if (letter === ']') depth -= 1
    if (letter === '(' && depth <= 0 && inRegex()) round += 1
    if (letter === ')' && depth <= 0 && inRegex()) round -= 1
    const cut = letter === separator && depth <= 0 && round <= 0
    if (cut || at >= pattern.length) {
      parts.push({ text: pattern.slice(start, at), offset: start })
      start = at + 1
      round = 0
    }
  }
  return parts
}

const term = (source: PatternSource, raw: string, start: number): Term => {
  const text = raw.trim()
  const offset = start + (raw.length - raw.trimStart().length)
  if (text === '') {
    const address = source.text.includes('::')
    throw patternError(
      source,
      start,
      'an empty pattern',
      address
        ? 'use commas instead of colons with an IPv6 address: all,!fe80::1'
        : 'write `all` for every host',
    )
  }
  const role = text.startsWith('!') ? 'exclusion' : text.startsWith('&') ? 'intersection' : 'union'
  const body = role === 'union' ? text : text.slice(1).trim()
  if (body === '') throw patternError(source, offset, `nothing after ${text}`, 'name a host or a group')
  const common = { role, source, offset, subscript: undefined } as const
  if (body.startsWith('~')) return { ...common, kind: 'regex', text: body.slice(1) }
  if (body.startsWith('@')) {
    if (body === '@') throw patternError(source, offset, 'nothing after @', 'name a file: @hosts.txt')
    return { ...common, kind: 'file', text: body.slice(1) }
  }
  // not the ! of a character class of a glob: w[!x]*
  const joint = /[&!]/.exec(body.replaceAll(/\[[^\]]*\]/g, (part) => '_'.repeat(part.length)))
  if (joint !== null) {
    const hint = `put a colon before it: ${body.slice(0, joint.index)}:${body.slice(joint.index)}`
    throw patternError(
      source,
      offset + text.indexOf(body) + joint.index,
      `${joint[0]} in the middle of a name`,
      hint,
    )
  }
  const { name, subscript } = subscriptOf(source, offset + text.indexOf(body), body)
  return { ...common, kind: 'name', text: name, subscript }
}

/**
 * Parses a host pattern. If it has a comma, only commas separate terms, as in Ansible.
 *
 * @throws `pattern-invalid` with a caret.
 * @example
 * parsePattern({ text: 'web:&dc1:!canary', file: '--limit' })
 */
export const parsePattern = (source: PatternSource): Term[] => {
  if (source.text.trim() === '') {
    throw patternError(source, 0, 'an empty pattern', 'write `all` for every host')
  }
  const separator = split(source.text, ',').length > 1 ? ',' : ':'
  return split(source.text, separator).map(({ text, offset }) => term(source, text, offset))
}
