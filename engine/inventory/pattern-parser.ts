import { CoxswainError } from '../errors.ts'
import { placeAt } from './place.ts'

/** `[0]`, `[-1]`, `[1:]`, `[:3]`, `[1:3]`: positions from 0, from the end when negative, both ends included. */
export interface Subscript {
  readonly from: number | undefined
  readonly to: number | undefined
  readonly range: boolean
}

/** One term of a pattern. */
export interface Term {
  readonly role: 'union' | 'intersection' | 'exclusion'
  /** A name, a glob, or the source of a regular expression. */
  readonly text: string
  readonly regex: boolean
  readonly subscript: Subscript | undefined
  /** Where the term begins in the pattern. */
  readonly offset: number
}

/** An error in a pattern, with a caret under the place. */
export const patternError = (
  pattern: string,
  offset: number,
  message: string,
  hint?: string,
): CoxswainError =>
  new CoxswainError('pattern-invalid', message, {
    place: { ...placeAt('pattern', pattern, offset), file: 'pattern' },
    hint,
  })

const subscriptOf = (text: string): { name: string; subscript: Subscript | undefined } => {
  const match = /^(.+)\[(-?\d*)(:?)(-?\d*)\]$/.exec(text)
  const [, name = '', from = '', colon, to = ''] = match ?? []
  // a character class of a glob, such as web[135], has no colon and more than one digit only as a set
  if (match === null || (from === '' && to === '' && colon === ''))
    return { name: text, subscript: undefined }
  const number = (digits: string): number | undefined => (digits === '' ? undefined : Number(digits))
  return { name, subscript: { from: number(from), to: number(to), range: colon === ':' } }
}

/** Cuts at separators, but not inside brackets, where a colon belongs to a subscript. */
const split = (pattern: string, separator: ',' | ':'): { text: string; offset: number }[] => {
  const parts: { text: string; offset: number }[] = []
  let [depth, start] = [0, 0]
  const inRegex = (): boolean => /^\s*[!&]?~/.test(pattern.slice(start))
  for (let at = 0; at <= pattern.length; at += 1) {
    const letter = pattern[at]
    if (letter === '[') depth += 1
    if (letter === ']') depth -= 1
    const cut = letter === separator && depth <= 0 && !(separator === ':' && inRegex())
    if (cut || at === pattern.length) {
      parts.push({ text: pattern.slice(start, at), offset: start })
      start = at + 1
    }
  }
  return parts
}

const term = (pattern: string, raw: string, start: number): Term => {
  const text = raw.trim()
  const offset = start + (raw.length - raw.trimStart().length)
  if (text === '') throw patternError(pattern, start, 'an empty pattern', 'write `all` for every host')
  const role = text.startsWith('!') ? 'exclusion' : text.startsWith('&') ? 'intersection' : 'union'
  const body = role === 'union' ? text : text.slice(1).trim()
  if (body === '') throw patternError(pattern, offset, `nothing after ${text}`, 'name a host or a group')
  if (body.startsWith('~')) return { role, text: body.slice(1), regex: true, subscript: undefined, offset }
  const joint = /[&!]/.exec(body)
  if (joint !== null) {
    const hint = `put a colon before it: ${body.slice(0, joint.index)}:${body.slice(joint.index)}`
    throw patternError(
      pattern,
      offset + text.indexOf(body) + joint.index,
      `${joint[0]} in the middle of a name`,
      hint,
    )
  }
  const { name, subscript } = subscriptOf(body)
  return { role, text: name, regex: false, subscript, offset }
}

/**
 * The terms of a host pattern. A comma anywhere means that only commas part terms, as in Ansible.
 *
 * @throws `pattern-invalid` with a caret.
 * @example
 * parsePattern('web:&dc1:!canary')
 */
export const parsePattern = (pattern: string): Term[] => {
  if (pattern.trim() === '') {
    throw patternError(pattern, 0, 'an empty pattern', 'write `all` for every host')
  }
  const separator = split(pattern, ',').length > 1 ? ',' : ':'
  return split(pattern, separator).map(({ text, offset }) => term(pattern, text, offset))
}
