/** Texts of files as values. Pure, and linear in the length of the text. */
import { CoxswainError } from '../../../engine/index.ts'
import { dataOf } from './yaml-document.ts'

/** What a text can be parsed as, and the types of the values. */
export interface Parsed {
  /** The text itself. */
  readonly text: string
  /** Its lines, without their ends. */
  readonly lines: readonly string[]
  readonly json: unknown
  /** One document, with keys as they are written. */
  readonly yaml: unknown
  /** The options of each section by name; those above the first heading are in the section with the empty name. */
  readonly ini: IniValues
}

/** Sections, and their options, by name. */
export type IniValues = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The name of a format. */
export type Format = keyof Parsed

export const formats = ['text', 'lines', 'json', 'yaml', 'ini'] as const satisfies readonly Format[]

const linesOf = (text: string): string[] => {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t'

/** Where the comment after a value begins: at a `#` or `;` after a blank, outside of the quotes that the value begins with. */
const endOfValue = (text: string): number => {
  const quoted = text.startsWith('"') || text.startsWith("'") ? text.indexOf(text[0] ?? '', 1) : -1
  for (let at = quoted + 1; at < text.length; at += 1)
    if ((text[at] === '#' || text[at] === ';') && isBlank(text[at - 1])) return at
  return text.length
}

const valueIn = (text: string): string => text.slice(0, endOfValue(text)).trim()

/** Where the name of an option ends: at the first sign. */
const signIn = (line: string): number => {
  const signs = [line.indexOf('='), line.indexOf(':')].filter((at) => at >= 0)
  return signs.length === 0 ? -1 : Math.min(...signs)
}

/** A name that occurs twice has the last of its values; sections of one name are joined. */
const iniOf = (text: string): IniValues => {
  const sections = new Map<string, Map<string, string[]>>()
  const sectionOf = (name: string): Map<string, string[]> => {
    const section = sections.get(name) ?? new Map<string, string[]>()
    sections.set(name, section)
    return section
  }
  let heading = ''
  let last: string[] | undefined
  for (const given of linesOf(text)) {
    const line = given.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const end = line.startsWith('[') ? line.indexOf(']') : -1
    const sign = signIn(line)
    if (end > 0) {
      heading = line.slice(1, end).trim()
      sectionOf(heading)
      last = undefined
    } else if (last !== undefined && sign < 0 && isBlank(given[0])) {
      last.push(line)
    } else {
      last = [sign < 0 ? '' : valueIn(line.slice(sign + 1).trim())]
      sectionOf(heading).set(sign < 0 ? valueIn(line) : line.slice(0, sign).trim(), last)
    }
  }
  return Object.fromEntries(
    [...sections].map(([name, options]) => [
      name,
      Object.fromEntries([...options].map(([option, lines]) => [option, lines.join('\n')])),
    ]),
  )
}

/**
 * The value of a file's text.
 *
 * @throws `task-failed` for a text that is not of this format.
 */
export const parseText = (path: string, text: string, format: Format): unknown => {
  // a byte order mark is not part of the value
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text
  switch (format) {
    case 'text':
      return text
    case 'lines':
      return linesOf(content)
    case 'ini':
      return iniOf(content)
    case 'yaml':
      return dataOf(path, content)
    case 'json':
      try {
        return JSON.parse(content)
      } catch (cause) {
        throw new CoxswainError('task-failed', `${path} is not valid JSON`, { cause, hint: whyOf(cause) })
      }
  }
}

const whyOf = (cause: unknown): string | undefined => (cause instanceof Error ? cause.message : undefined)
