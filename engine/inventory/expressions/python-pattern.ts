/** Patterns of Python as regular expressions of JavaScript with the flag `v`. What has no equal there is refused by name. Pure. */
import { Fault } from './fault.ts'
import { classOf } from './python-classes.ts'
import { readClass, readEscape } from './python-escapes.ts'
import type { PatternState } from './python-escapes.ts'

/** A pattern for JavaScript. */
export interface Pattern {
  readonly source: string
  readonly flags: string
}

/** A fault of what Python has and JavaScript does not. */
const unsupported = (what: string, hint?: string): Fault =>
  new Fault(`the regular expression has ${what}, which is not supported`, { hint })

const malformed = (why: string): Fault => new Fault(`the regular expression is malformed: ${why}`)

/** A letter that means itself. */
export const literal = (letter: string): string =>
  /^[\p{L}\p{N}_]$/u.test(letter) ? letter : `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`

/** Letters of flags that change nothing here: text is Unicode already. */
const ignoredFlags = new Set(['u', 'L'])

/** What begins after `(?`, and its equal. */
const groups: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/P<([^\W\d]\w*)>/uy, ([, name]) => `(?<${name}>`],
  [/P=([^\W\d]\w*)\)/uy, ([, name]) => `\\k<${name}>`],
  [/<=|<!|:|=|!/y, ([mark]) => `(?${mark}`],
]

const refuseGroup = (rest: string): never => {
  if (rest.startsWith('>')) throw unsupported('an atomic group (?>…)', 'use a lookahead and a group')
  if (rest.startsWith('(')) throw unsupported('a condition (?(…)…)', 'write both alternatives with |')
  if (/^[aiLmsux-]+:/.test(rest))
    throw unsupported('flags for a group (?i:…)', 'set them for the pattern: (?i)…')
  if (/^[aiLmsux-]+\)/.test(rest)) throw malformed('flags such as (?i) come first')
  throw malformed('a group begins with an unknown (?')
}

/** Reads a group's beginning after `(`, and returns its equal. */
const readGroup = (state: PatternState): string => {
  const { text } = state
  if (text[state.at] !== '?') return '('
  state.at += 1
  if (text[state.at] === '#') {
    const end = text.indexOf(')', state.at)
    if (end < 0) throw malformed('a comment (?# is not closed')
    state.at = end + 1
    return ''
  }
  for (const [form, make] of groups) {
    form.lastIndex = state.at
    const found = form.exec(text)
    if (found === null) continue
    state.at += found[0].length
    return make(found)
  }
  return refuseGroup(text.slice(state.at))
}

/** A repetition at the position, `{,3}` as `{0,3}`; undefined for braces that mean themselves. */
const readRepetition = (state: PatternState): string | undefined => {
  const form = /[*+?]|\{(\d*)(,?)(\d*)\}/y
  form.lastIndex = state.at
  const [all, from = '', comma = '', to = ''] = form.exec(state.text) ?? []
  if (all === undefined || all === '{}') return undefined
  state.at += all.length
  const repeats = all.startsWith('{') ? `{${from === '' ? '0' : from}${comma}${to}}` : all
  const after = state.text[state.at]
  if (after === '+') throw unsupported(`a possessive repetition ${all}+`, `write ${all} without the +`)
  if (after !== '?') return repeats
  state.at += 1
  return `${repeats}?`
}

const flagsAt = (text: string): { readonly letters: string; readonly rest: string } => {
  let [letters, rest] = ['', text]
  for (;;) {
    const [all = '', found = ''] = /^\(\?([aiLmsux]+)\)/.exec(rest) ?? []
    if (all === '') return { letters, rest }
    letters += found
    rest = rest.slice(all.length)
  }
}

/** What a character means outside of brackets. */
const anchor = (letter: string, state: PatternState): string | undefined => {
  if (letter === '.') return state.dotAll ? '[^]' : '[^\\n]'
  if (letter === '^') return state.multiline ? '(?<![^\\n])' : '(?<![^])'
  // the end, or before a line end at the end
  if (letter === '$') return state.multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))'
  return letter === '|' || letter === ')' ? letter : undefined
}

/**
 * The pattern of Python as one of JavaScript, which means the same: `$` is also before a last line end, `\w` and `\d` are those of
 * Unicode.
 *
 * @throws Fault for what is malformed, or not supported.
 */
export const patternOf = (written: string, { ignoreCase = false, multiline = false } = {}): Pattern => {
  const { letters, rest: text } = flagsAt(written)
  const has = (letter: string): boolean => letters.includes(letter) && !ignoredFlags.has(letter)
  const state: PatternState = {
    text,
    at: 0,
    classes: classOf(has('a')),
    multiline: multiline || has('m'),
    dotAll: has('s'),
  }
  const verbose = has('x')
  let source = ''
  while (state.at < text.length) {
    const repeats = readRepetition(state)
    if (repeats !== undefined) {
      source += repeats
      continue
    }
    const letter = String.fromCodePoint(text.codePointAt(state.at) ?? 0)
    state.at += letter.length
    if (letter === '\\') source += readEscape(state)
    else if (letter === '[') source += readClass(state)
    else if (letter === '(') source += readGroup(state)
    else if (verbose && /[ \t\n\r\f\v]/.test(letter)) continue
    else if (verbose && letter === '#') {
      const end = text.indexOf('\n', state.at)
      state.at = end < 0 ? text.length : end + 1
    } else source += anchor(letter, state) ?? literal(letter)
  }
  return { source, flags: ignoreCase || has('i') ? 'iv' : 'v' }
}
