/**
 * The lines of an INI file, as Python's configparser reads them: a line that is indented further than the option above it
 * goes on with its value. So does what stands below a line that ends with a backslash (systemd.syntax(7), git-config(1)).
 * Pure.
 */

/** An option: its first line, and those that go on with its value. */
export interface IniOption {
  readonly at: number
  readonly indent: string
  readonly name: string
  /** From the beginning of the line to that of the value; without a sign of assignment where there is no value. */
  readonly before: string
  /** The rest of the line. */
  readonly value: string
  /** Lines that belong to the value; comments between them do not. */
  readonly more: readonly number[]
}

/** A section: its heading, and what stands below it. */
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

/** Whether the next line goes on where this one ends. */
const goesOn = (line: string): boolean => (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1

const optionAt = (line: string, at: number, more: readonly number[]): IniOption => {
  const indent = indentOf(line)
  const [, bare = line] = /^(.*?)(?:\s+[#;].*|\s*)$/s.exec(line) ?? []
  const [before = bare, name = bare.trim()] = /^\s*([^=:]*?)\s*[=:]\s*/.exec(line) ?? []
  return { at, indent, name, before, value: line.slice(before.length), more }
}

/** The lines after an option that belong to its value. */
const moreOf = (lines: readonly string[], at: number): number[] => {
  const indent = indentOf(lines[at] ?? '').length
  const more: number[] = []
  let pending: number[] = []
  let open = goesOn(lines[at] ?? '')
  for (let next = at + 1; next < lines.length; next += 1) {
    const line = lines[next] ?? ''
    if (open && !isBlank(line)) {
      if (isComment(line)) continue
      more.push(...pending, next)
    } else if (isBlank(line)) {
      // it belongs to the value only if more of it follows
      pending.push(next)
      open = false
      continue
    } else if (isComment(line)) continue
    else if (indentOf(line).length > indent) more.push(...pending, next)
    else break
    pending = []
    open = goesOn(line)
  }
  return more
}

/** The sections of a file in their order, first what stands above all headings. */
export const sectionsOf = (lines: readonly string[]): IniSection[] => {
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
    const more = moreOf(lines, at)
    options.push(optionAt(line, at, more))
    at = more.at(-1) ?? at
  }
  close(lines.length)
  return sections
}

/** The line before which a new option of a section goes: after all it says, above what belongs to the next section. */
export const endOfSection = (lines: readonly string[], { at, end, options }: IniSection): number => {
  const last = options.at(-1)
  const from = last === undefined ? at + 1 : (last.more.at(-1) ?? last.at) + 1
  let place = end
  // a comment right above a heading, parted from what is before it by a blank line, is about that heading
  if (end < lines.length) {
    while (place > from && isComment(lines[place - 1] ?? '')) place -= 1
    if (place > from && !isBlank(lines[place - 1] ?? '')) place = end
  }
  while (place > from && isBlank(lines[place - 1] ?? '')) place -= 1
  return place
}

/** The indentation of a new option: with less, the next heading would go on with its value. */
export const indentOfNew = (lines: readonly string[], { options, indent, end }: IniSection): string => {
  const last = options.at(-1)
  if (last !== undefined) return last.indent
  const next = indentOf(lines[end] ?? '')
  return next.length > indent.length ? next : indent
}

/** A value, and the blanks and the comment after it. A comment begins with `#` or `;` after a blank, outside of quotes. */
export const splitComment = (text: string): readonly [value: string, comment: string] => {
  const [quoted = ''] = /^(?:"(?:\\.|[^"\\])*"|'[^']*')(?=\s|$)/.exec(text) ?? []
  const rest = text.slice(quoted.length)
  const at = /(?:^|\s)\s*[#;]/.exec(quoted === '' ? ` ${rest}` : rest)
  if (at === null) return [text.trimEnd(), '']
  const cut = quoted.length + at.index - (quoted === '' ? 1 : 0)
  const value = text.slice(0, Math.max(0, cut)).trimEnd()
  return [value, text.slice(value.length)]
}
