/** The table of file systems, as fstab(5) has it. Pure. */
import { appendLines, linesOf, mapLines } from '../../shared/lines.ts'

/** Where it is. */
export const fstab = '/etc/fstab'

/** Blanks and backslashes of a field, as fstab(5), /proc/mounts and /proc/swaps have them. */
export const escaped = (text: string): string =>
  text.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011')

const isEntry = (line: string): boolean => /^\s*[^#\s]/.test(line)

/** Where the comment after the fields of a line begins; `#` begins none in the four that must be there. */
const commentAt = (line: string): number => {
  const [fields = line] = /^\s*(?:\S+\s+){4}(?:[^\s#]\S*\s+){0,2}(?=#)/.exec(line) ?? []
  return fields.length
}

/** The fields of an entry, still escaped; none of a comment and of an empty line. */
export const fieldsOf = (line: string): string[] =>
  isEntry(line) ? line.slice(0, commentAt(line)).trim().split(/\s+/) : []

/** A line with its fields as they are wanted; blanks between them, and what stands after them, stay. */
const withFields = (whole: string, wanted: readonly string[]): string => {
  const line = whole.slice(0, commentAt(whole))
  // leading blanks, then field and blanks in turn
  const [lead = '', ...parts] = /^\s*/.exec(line)?.concat(line.trim().split(/(\s+)/)) ?? []
  const trail = /\s*$/.exec(line)?.[0] ?? ''
  const there = (parts.length + 1) / 2
  const next = parts.map((part, index) => (index % 2 === 0 ? (wanted[index / 2] ?? part) : part))
  // fields that are not there count as 0
  const rest = wanted.slice(there)
  const missing = rest.every((field) => field === '0') ? [] : rest.map((field) => ` ${field}`)
  return `${lead}${next.join('')}${missing.join('')}${trail}${whole.slice(line.length)}`
}

/**
 * The table with one entry as wanted, where the first of its kind stands or at the end; comments and other entries stay.
 *
 * @param mine whether fields are those of the entry; they are escaped.
 * @param entry its fields as wanted, not escaped; undefined for none.
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
