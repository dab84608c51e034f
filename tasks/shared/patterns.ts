/** Regular expressions that people gave, and texts that shall be taken as they stand. */
import { CoxswainError } from '../../engine/index.ts'

const unicode = (source: string, flags: string): RegExp | undefined => {
  try {
    return new RegExp(source, `${flags}u`)
  } catch {
    return undefined
  }
}

/**
 * A pattern that a person gave. A character is never cut in two: it is read as Unicode, except where only the older rules
 * of JavaScript take it for a pattern (`\-`).
 *
 * @throws `params-invalid` when it is not a regular expression.
 */
export const pattern = (source: string, flags = ''): RegExp => {
  try {
    return unicode(source, flags) ?? new RegExp(source, flags)
  } catch (cause) {
    throw new CoxswainError('params-invalid', `not a regular expression: ${source}`, { cause })
  }
}

/** A pattern for one line without its end: `.` is any character of it, whatever JavaScript takes for a line break. */
export const linePattern = (source: string): RegExp => pattern(source, 's')

/** Whether a pattern has a group; false for one that is not a regular expression. */
const hasGroup = (source: string): boolean => {
  try {
    return (new RegExp(`${source}|`).exec('') ?? []).length > 1
  } catch {
    return false
  }
}

/**
 * Whether a text names a group as sed, Python or Perl write it: it would be put in as it stands, and what matched be lost.
 * `${1}` is only one where the pattern has a group; elsewhere it may be text for a shell. After `$$`, a dollar sign, it is
 * text everywhere.
 */
export const namesForeignGroup = (text: string, regexp: string): boolean =>
  /\\\d|\\g</.test(text) || (hasGroup(regexp) && /(?<!\$)(?:\$\$)*\$\{\d/.test(text))

/** What to say of such a text. */
export const groupHint = 'a group is written $1 (or $01 before a digit), not \\1 or ${1}; $$ is a dollar sign'

/** A text as a part of a regular expression that matches just it. */
export const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * What a match puts in place of itself, as `String.replace` expands it: `$1` and `$<name>` are groups, `$&` the match,
 * `$$` a dollar sign.
 */
export const expanded = (match: RegExpExecArray, template: string): string =>
  template.replaceAll(/\$(?:\$|&|<([^>]*)>|(\d{1,2}))/g, (all, name?: string, digits?: string) => {
    if (all === '$$') return '$'
    if (all === '$&') return match[0]
    if (name !== undefined) return match.groups === undefined ? all : (match.groups[name] ?? '')
    if (digits === undefined) return all
    // `$10` is the first group and a 0 where there are not ten
    const long = Number(digits)
    if (long >= 1 && long < match.length) return match[long] ?? ''
    const short = Number(digits.slice(0, 1))
    return digits.length === 2 && short >= 1 && short < match.length
      ? `${match[short] ?? ''}${digits.slice(1)}`
      : all
  })

/** Where a new line goes among others. */
export interface Place {
  /** A pattern of the line above, the last one that matches; `EOF` is the end. */
  readonly insertAfter?: string | undefined
  /** A pattern of the line below, the first one that matches; `BOF` is the beginning. */
  readonly insertBefore?: string | undefined
}

/** The index at which a new line goes; the end where no pattern matches. */
export const placeFor = (lines: readonly string[], { insertAfter, insertBefore }: Place): number => {
  if (insertBefore === 'BOF') return 0
  const before = insertBefore === undefined ? undefined : linePattern(insertBefore)
  const below = before === undefined ? -1 : lines.findIndex((line) => before.test(line))
  if (below >= 0) return below
  if (insertAfter === undefined || insertAfter === 'EOF') return lines.length
  const after = linePattern(insertAfter)
  const above = lines.findLastIndex((line) => after.test(line))
  return above >= 0 ? above + 1 : lines.length
}
