/** Regular expressions from parameters, and text that must be matched literally. */
import { CoxswainError } from '../../engine/index.ts'

const unicode = (source: string, flags: string): RegExp | undefined => {
  try {
    return new RegExp(source, `${flags}u`)
  } catch {
    return undefined
  }
}

/**
 * A regular expression from a parameter. Uses Unicode mode, so that characters are never split, except for patterns that
 * are
 * valid only in JavaScript's older mode (`\-`).
 *
 * @throws `params-invalid` if it is not a regular expression.
 */
export const pattern = (source: string, flags = ''): RegExp => {
  try {
    return unicode(source, flags) ?? new RegExp(source, flags)
  } catch (cause) {
    throw new CoxswainError('params-invalid', `not a regular expression: ${source}`, { cause })
  }
}

/** A pattern for one line without its line break: `.` matches any character, including JavaScript's other line breaks. */
export const linePattern = (source: string): RegExp => pattern(source, 's')

/** Whether a pattern has a group; false if it is not a regular expression. */
const hasGroup = (source: string): boolean => {
  try {
    return (new RegExp(`${source}|`).exec('') ?? []).length > 1
  } catch {
    return false
  }
}

/**
 * Whether a text refers to a group in the syntax of sed, Python or Perl. It would be inserted literally, and the match
 * lost.
 * `${1}` counts only if the pattern has a group; otherwise it can be text for a shell. After `$$`, a dollar sign, it is
 * always text.
 */
export const namesForeignGroup = (text: string, regexp: string): boolean =>
  /\\\d|\\g</.test(text) || (hasGroup(regexp) && /(?<!\$)(?:\$\$)*\$\{\d/.test(text))

/** The hint for such a text. */
export const groupHint = 'a group is written $1 (or $01 before a digit), not \\1 or ${1}; $$ is a dollar sign'

/** Escapes a text for a regular expression, so that it matches literally. */
export const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * The replacement for a match, expanded like in `String.replace`: `$1` and `$<name>` are groups, `$&` is the match, `$$` a
 * dollar sign.
 */
export const expanded = (match: RegExpExecArray, template: string): string =>
  template.replaceAll(/\$(?:\$|&|<([^>]*)>|(\d{1,2}))/g, (all, name?: string, digits?: string) => {
    if (all === '$$') return '$'
    if (all === '$&') return match[0]
    if (name !== undefined) return match.groups === undefined ? all : (match.groups[name] ?? '')
    if (digits === undefined) return all
    // `$10` is the first group and a 0 if there are fewer than ten groups
    const long = Number(digits)
    if (long >= 1 && long < match.length) return match[long] ?? ''
    const short = Number(digits.slice(0, 1))
    return digits.length === 2 && short >= 1 && short < match.length
      ? `${match[short] ?? ''}${digits.slice(1)}`
      : all
  })

/** The position of a new line. */
export interface Place {
  /** A pattern: the new line goes after the last line that matches; `EOF` is the end. */
  readonly insertAfter?: string | undefined
  /** A pattern: the new line goes before the first line that matches; `BOF` is the beginning. */
  readonly insertBefore?: string | undefined
}

/** The index for a new line; the end if no pattern matches. */
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
