/** How a text is written as a scalar of YAML 1.1: plain, in single or in double quotes, with lines that are folded. Pure. */
import { readingsOf } from '../yaml/readings.ts'

/** Where a scalar is written. */
export interface ScalarPlace {
  /** The column of its first character. */
  readonly column: number
  /** The column of the lines that follow. */
  readonly indent: number
  /** The column after which a line is folded. */
  readonly width: number
  readonly inFlow: boolean
  /** A key is written in one line. */
  readonly isKey: boolean
}

/** Line ends of YAML 1.1. */
const isBreak = (letter: string | undefined): boolean => /^[\n\u0085\u2028\u2029]$/.test(letter ?? '')

const isBlank = (letter: string | undefined): boolean =>
  letter === undefined || letter === ' ' || letter === '\t' || letter === '\r' || isBreak(letter)

/** Whether single quotes keep a text: it has no other control characters, and no line that begins or ends with blanks. */
const fitsQuotes = (text: string): boolean =>
  !/[\n\u0085\u2028\u2029] | [\n\u0085\u2028\u2029]/.test(text) &&
  /^[\n -~\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/.test(text)

/** Whether a text without quotes would be read as something else than this text. */
const isPlain = (text: string, inFlow: boolean): boolean => {
  const [first = '', second] = Array.from(text)
  if (text === '' || !fitsQuotes(text) || /^ | $|[\n\u0085\u2028\u2029]/.test(text)) return false
  if (/^(?:---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text)) return false
  if ((first === '-' || first === '?' || first === ':') && isBlank(second)) return false
  if (/:(?:\s|$)|\s#/.test(text)) return false
  if (inFlow && (/^[?:]/.test(text) || /[,?[\]{}:]/.test(text))) return false
  return text !== '=' && text !== '<<' && typeof readingsOf(text).value === 'string'
}

const named: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
}

const escaped = (letter: string): string => {
  const name = named[letter]
  if (name !== undefined) return `\\${name}`
  const code = letter.codePointAt(0) ?? 0
  if (/^[ -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(letter)) return letter
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xff_ff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

/** Words with the blanks between them: a single blank beyond the width becomes a line end. */
const folded = (
  text: string,
  place: ScalarPlace,
  column: number,
  newLine: string,
): { text: string; column: number } => {
  let [out, at] = ['', column]
  const pieces = text.split(/( +)/)
  for (const [index, piece] of pieces.entries()) {
    const isBetween =
      index > 0 && index < pieces.length - 1 && pieces[index - 1] !== '' && pieces[index + 1] !== ''
    if (piece === ' ' && isBetween && at > place.width && !place.isKey) {
      out += newLine
      at = place.indent
      continue
    }
    out += piece
    at += Array.from(piece).length
  }
  return { text: out, column: at }
}

/** In single quotes; a line end is written twice. */
const singleQuoted = (text: string, place: ScalarPlace): string => {
  const pad = ' '.repeat(place.indent)
  let [out, column] = ["'", place.column + 1]
  for (const piece of text.split(/([\n\u0085\u2028\u2029]+)/)) {
    if (isBreak(piece[0])) {
      out += `${piece.startsWith('\n') ? '\n' : ''}${piece}${pad}`
      column = place.indent
      continue
    }
    // a blank beside the quotes stays in its line
    const line = folded(piece.replaceAll("'", "''"), place, column, `\n${pad}`)
    out += line.text
    ;({ column } = line)
  }
  return `${out}'`
}

/** In double quotes, with escapes; a line that is too long ends at a blank. */
const doubleQuoted = (text: string, place: ScalarPlace): string => {
  const letters = Array.from(text)
  let [out, column] = ['"', place.column + 1]
  for (const [at, letter] of letters.entries()) {
    const canFold = !place.isKey && at > 0 && at < letters.length - 1 && letters[at - 1] !== ' '
    if (letter === ' ' && canFold && column > place.width) {
      // a backslash keeps blanks at the begin of a line
      const mark = letters[at + 1] === ' ' ? '\\' : ''
      out += `\n${' '.repeat(place.indent)}${mark}`
      column = place.indent + mark.length
      continue
    }
    const written = escaped(letter)
    out += written
    column += Array.from(written).length
  }
  return `${out}"`
}

/** A text as a scalar. */
export const yamlScalar = (text: string, place: ScalarPlace): string => {
  if (isPlain(text, place.inFlow))
    return folded(text, place, place.column, `\n${' '.repeat(place.indent)}`).text
  return fitsQuotes(text) && !(place.isKey && /[\n\u0085\u2028\u2029]/.test(text))
    ? singleQuoted(text, place)
    : doubleQuoted(text, place)
}
