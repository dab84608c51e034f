/**
 * The lines of an INI file. Programs disagree about which lines continue a value: for Python's configparser, lines that are
 * indented further than the option above them; for systemd (systemd.syntax(7)), git (git-config(1)) and Samba, the line
 * below a line that ends with a backslash. Pure.
 */

/** Which lines continue a value: all that can, only those that cannot be anything else, or none. */
type Rule = 'always' | 'certain' | 'never'

/** How a program reads the lines below an option. */
export interface Reading {
  /** Lines that are indented further. */
  readonly indent: Rule
  /** Lines below a backslash. */
  readonly backslash: Rule
}

/** An option: its first line, and the lines that continue its value. */
export interface IniOption {
  readonly at: number
  readonly indent: string
  readonly name: string
  /** The text before the value; without an assignment sign if the option does not have a value. */
  readonly before: string
  /** The rest of the line. */
  readonly value: string
  /** The indexes of lines that continue the value, without comments between them. */
  readonly more: readonly number[]
}

/** A section: its heading, and the options below it. */
export interface IniSection {
  /** Undefined above the first heading. */
  readonly name: string | undefined
  /** Its heading's line; -1 above the first one. */
  readonly at: number
  readonly indent: string
  readonly options: readonly IniOption[]
  /** The line of the next heading, or the number of lines. */
  readonly end: number
}

const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? ''
const isBlank = (line: string): boolean => line.trim() === ''
const isComment = (line: string): boolean => /^\s*[#;]/.test(line)
const hasSign = (line: string): boolean => /[=:]/.test(line)

/**
 * Whether the next line continues this one. With `certain`, a line that looks like an option continues only after a blank
 * and a backslash.
 */
const goesOn = (line: string, next: string, rule: Rule): boolean => {
  if (rule === 'never' || (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 0) return false
  return rule === 'always' || /\s\\$/.test(line) || !hasSign(next)
}

const optionAt = (line: string, at: number, more: readonly number[]): IniOption => {
  const indent = indentOf(line)
  const [, bare = line] = /^(.*?)(?:\s+[#;].*|\s*)$/s.exec(line) ?? []
  const [before = bare, name = bare.trim()] = /^\s*([^=:]*?)\s*[=:]\s*/.exec(line) ?? []
  return { at, indent, name, before, value: line.slice(before.length), more }
}

/**
 * How many of the lines below an option are indented further and so continue its value. With `certain`, the option must
 * have no value, or one of the lines must not be a valid option.
 */
const indentedBelow = (lines: readonly string[], at: number, rule: Rule): number => {
  if (rule === 'never') return 0
  const line = lines[at] ?? ''
  const indent = indentOf(line).length
  let [end, certain] = [at + 1, rule === 'always' || /[=:]\s*$/.test(line)]
  for (let next = at + 1; next < lines.length; next += 1) {
    const below = lines[next] ?? ''
    if (isBlank(below) || isComment(below)) continue
    if (indentOf(below).length <= indent) break
    end = next + 1
    certain ||= !hasSign(below)
  }
  return certain ? end - at - 1 : 0
}

/** The lines after an option that continue its value. */
const moreOf = (lines: readonly string[], at: number, reading: Reading): number[] => {
  const indented = at + indentedBelow(lines, at, reading.indent)
  const more: number[] = []
  let pending: number[] = []
  let last = lines[at] ?? ''
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next] ?? ''
    if (isComment(line)) continue
    // a comment or blank line belongs to the value only if more of the value follows
    if (isBlank(line)) pending.push(next)
    else if (next <= indented || (pending.length === 0 && goesOn(last, line, reading.backslash))) {
      more.push(...pending, next)
      pending = []
    } else break
    last = line
  }
  return more
}

/** The sections of a file in their order; the first one has the lines above all headings. */
export const sectionsOf = (lines: readonly string[], reading: Reading): IniSection[] => {
  const sections: IniSection[] = []
  let heading: { name: string | undefined; at: number } = { name: undefined, at: -1 }
  let options: IniOption[] = []
  const close = (end: number): void => {
    sections.push({ ...heading, indent: indentOf(lines[heading.at] ?? ''), options, end })
  }
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (isBlank(line) || isComment(line)) continue
    const name = /^\s*\[([^\]]*)\]/.exec(line)?.[1]
    if (name !== undefined) {
      close(at)
      heading = { name, at }
      options = []
      continue
    }
    const more = moreOf(lines, at, reading)
    options.push(optionAt(line, at, more))
    at = more.at(-1) ?? at
  }
  close(lines.length)
  return sections
}

/**
 * The line before which a new option of a section is inserted: after its last option, and before comments that belong to
 * the next section.
 */
export const endOfSection = (lines: readonly string[], { at, end, options }: IniSection): number => {
  const last = options.at(-1)
  const from = last === undefined ? at + 1 : (last.more.at(-1) ?? last.at) + 1
  let place = end
  // a comment directly above a heading, after a blank line, belongs to that heading
  if (end < lines.length) {
    while (place > from && isComment(lines[place - 1] ?? '')) place -= 1
    if (place > from && !isBlank(lines[place - 1] ?? '')) place = end
  }
  while (place > from && isBlank(lines[place - 1] ?? '')) place -= 1
  return place
}

/** The indentation of a new option. If it were smaller, the next heading would continue its value. */
export const indentOfNew = (lines: readonly string[], { options, indent, end }: IniSection): string => {
  const last = options.at(-1)
  if (last !== undefined) return last.indent
  const next = indentOf(lines[end] ?? '')
  return next.length > indent.length ? next : indent
}

/** Whether all quotes of a value are closed. */
const isClosed = (text: string): boolean =>
  /^(?:[^"'\\]|\\.|"(?:\\.|[^"\\])*"|(?<=^|[\s=])'[^']*'|(?<![\s=])(?<!^)')*$/.test(text)

/**
 * A value, and the blanks and the comment after it. A comment begins with `#` or `;` after a blank, outside of quotes. A
 * value that begins with such a sign, such as a colour, is not a comment.
 */
export const splitComment = (text: string): readonly [value: string, comment: string] => {
  for (const match of text.matchAll(/\s+(?=[#;])/g)) {
    const value = text.slice(0, match.index)
    if (isClosed(value)) return [value, text.slice(value.length)]
  }
  return [text.trimEnd(), '']
}
