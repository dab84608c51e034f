/** Escapes and classes in patterns of Python, as those of JavaScript. Pure. */
import { Fault } from './fault.ts'
import type { Classes } from './python-classes.ts'

/** A position in a pattern, and its flags. */
export interface PatternState {
  readonly text: string
  at: number
  readonly classes: Classes
  readonly multiline: boolean
  readonly dotAll: boolean
}

const malformed = (why: string): Fault => new Fault(`the regular expression is malformed: ${why}`)

const unit = (code: number): string => `\\u{${code.toString(16)}}`

const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 }

/** The code of an escape that stands for one character; the position is after the backslash. */
const readCode = (state: PatternState, inClass: boolean): number | undefined => {
  const { text, at } = state
  const form = inClass
    ? /x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})/y
    : /x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(0[0-7]{0,2}|[0-3][0-7]{2})/y
  form.lastIndex = at
  const [all, x, short, long, octal] = form.exec(text) ?? []
  if (all !== undefined) {
    state.at += all.length
    const code =
      octal === undefined ? Number.parseInt(x ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
    if (code > 0x10_ff_ff || (octal !== undefined && code > 0o377))
      throw malformed(`\\${all} is not a character`)
    return code
  }
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 0)
  const control = controls[letter]
  if (control === undefined && /[a-zA-Z0-9]/.test(letter)) return undefined
  if (at >= text.length) throw malformed('a backslash is at its end')
  state.at += letter.length
  return control ?? letter.codePointAt(0)
}

/** A class that an escape stands for, as the inside of brackets; undefined for another escape. */
const readSet = (state: PatternState): string | undefined => {
  const { classes } = state
  const letter = state.text[state.at] ?? ''
  const sets: Readonly<Record<string, string>> = {
    d: classes.d,
    w: classes.w,
    s: classes.s,
    D: `[^${classes.d}]`,
    W: `[^${classes.w}]`,
    S: `[^${classes.s}]`,
  }
  const found = Object.hasOwn(sets, letter) ? sets[letter] : undefined
  if (found !== undefined) state.at += 1
  return found
}

/** An escape outside of brackets; the position is after the backslash. */
export const readEscape = (state: PatternState): string => {
  const set = readSet(state)
  if (set !== undefined) return `[${set}]`
  const letter = state.text[state.at] ?? ''
  const places: Readonly<Record<string, string>> = {
    A: '(?<![^])',
    Z: '(?![^])',
    b: state.classes.border,
    B: state.classes.noBorder,
  }
  const place = Object.hasOwn(places, letter) ? places[letter] : undefined
  if (place !== undefined) {
    state.at += 1
    return place
  }
  const code = readCode(state, false)
  if (code !== undefined) return unit(code)
  const [digits] = /^[1-9]\d?/.exec(state.text.slice(state.at)) ?? []
  if (digits === undefined) throw malformed(`it has no escape \\${letter}`)
  state.at += digits.length
  // a group, and not more digits after it
  return `(?:\\${digits})`
}

/** One item of a class: a character, or a set. */
const readItem = (state: PatternState): number | string => {
  const letter = String.fromCodePoint(state.text.codePointAt(state.at) ?? 0)
  state.at += letter.length
  if (letter !== '\\') return letter.codePointAt(0) ?? 0
  const set = readSet(state)
  if (set !== undefined) return set
  if (state.text[state.at] === 'b') {
    state.at += 1
    return 8
  }
  const code = readCode(state, true)
  if (code !== undefined) return code
  throw malformed(`[ ] has no escape \\${state.text[state.at] ?? ''}`)
}

/** A class; the position is after its `[`. A `]` that comes first is itself. */
export const readClass = (state: PatternState): string => {
  const { text } = state
  const negated = text[state.at] === '^'
  if (negated) state.at += 1
  let inside = ''
  for (const start = state.at; text[state.at] !== ']' || state.at === start;) {
    if (state.at >= text.length) throw malformed('[ is not closed')
    const from = readItem(state)
    const isRange = text[state.at] === '-' && state.at + 1 < text.length && text[state.at + 1] !== ']'
    if (!isRange) {
      inside += typeof from === 'number' ? unit(from) : from
      continue
    }
    state.at += 1
    const to = readItem(state)
    if (typeof from !== 'number' || typeof to !== 'number' || to < from)
      throw malformed('a range in [ ] goes from a character to a later one')
    inside += `${unit(from)}-${unit(to)}`
  }
  state.at += 1
  return `[${negated ? '^' : ''}${inside}]`
}
