/** The table of file systems, as in fstab(5). Pure. */
import { appendLines, linesOf, mapLines } from '../../shared/lines.ts'

/** The path of the table. */
export const fstab = '/etc/fstab'

/** Escapes blanks and backslashes in a field, as in fstab(5), /proc/mounts and /proc/swaps. */
export const escaped = (text: string): string =>
  text.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011')

const isEntry = (line: string): boolean => /^\s*[^#\s]/.test(line)

/** The start of the comment after the fields of a line. A `#` in the four required fields does not begin a comment. */
const commentAt = (line: string): number => {
  const [fields = line] = /^\s*(?:\S+\s+){4}(?:[^\s#]\S*\s+){0,2}(?=#)/.exec(line) ?? []
  return fields.length
}

/** The fields of an entry, still escaped; empty for a comment or an empty line. */
export const fieldsOf = (line: string): string[] =>
  isEntry(line) ? line.slice(0, commentAt(line)).trim().split(/\s+/) : []

/** A line with new values for its fields. Blanks between them and the text after them stay unchanged. */
const withFields = (full: string, wanted: readonly string[]): string => {
  const line = full.slice(0, commentAt(full))
  // leading blanks, then fields and blanks alternately
  const [lead = '', ...parts] = /^\s*/.exec(line)?.concat(line.trim().split(/(\s+)/)) ?? []
  const trail = /\s*$/.exec(line)?.[0] ?? ''
  const there = (parts.length + 1) / 2
  const next = parts.map((part, index) => (index % 2 === 0 ? (wanted[index / 2] ?? part) : part))
  // missing fields count as 0
  const rest = wanted.slice(there)
  const missing = rest.every((field) => field === '0') ? [] : rest.map((field) => ` ${field}`)
  return `${lead}${next.join('')}${missing.join('')}${trail}${full.slice(line.length)}`
}

/**
 * The table with one entry set, at the place of the first matching entry or at the end. Comments and other entries stay.
 *
 * @param mine whether escaped fields are those of the entry.
 * @param entry the new fields, not escaped; undefined to remove the entry.
 */
export const withFstabEntry = (
  text: string,
  mine: (fields: readonly string[]) => boolean,
  entry: readonly string[] | undefined,
): string => {
  const isMine = (line: string): boolean => isEntry(line) && mine(fieldsOf(line))
  const wanted = entry?.map(escaped)
  const first = linesOf(text).findIndex(isMine)
  if (first < 0) return wanted === undefined ? text : appendLines(text, [wanted.join(' ')])
  return mapLines(text, (line, index) => {
    if (!isMine(line)) return [line]
    return wanted === undefined || index !== first ? [] : [withFields(line, wanted)]
  })
}
