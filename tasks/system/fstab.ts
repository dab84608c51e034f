/** The table of file systems, as fstab(5) has it. Pure. */
import { linesOf, textOf } from '../lines.ts'

/** Where it is. */
export const fstab = '/etc/fstab'

/** Blanks and backslashes of a field, as fstab(5), /proc/mounts and /proc/swaps have them. */
export const escaped = (text: string): string =>
  text.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011')

const isEntry = (line: string): boolean => /^\s*[^#\s]/.test(line)

/** The fields of an entry, still escaped; none of a comment and of an empty line. */
export const fieldsOf = (line: string): string[] => (isEntry(line) ? line.trim().split(/\s+/) : [])

/**
 * The table with one entry as it shall be, where the first of its kind stands or at the end; comments and other entries
 * stay.
 *
 * @param mine whether fields are those of the entry; they are escaped.
 * @param entry its fields as they shall be, not escaped; undefined for none.
 */
export const withFstabEntry = (
  text: string,
  mine: (fields: readonly string[]) => boolean,
  entry: readonly string[] | undefined,
): string => {
  const lines = linesOf(text)
  const isMine = (line: string): boolean => isEntry(line) && mine(fieldsOf(line))
  if (entry === undefined) return lines.some(isMine) ? textOf(lines.filter((line) => !isMine(line))) : text
  const wanted = entry.map(escaped).join(' ')
  const at = lines.findIndex(isMine)
  const rest = lines.filter((line, index) => index === at || !isMine(line))
  const there = rest[at]
  if (there === undefined) return textOf([...rest, wanted])
  if (fieldsOf(there).join(' ') === wanted) return rest.length === lines.length ? text : textOf(rest)
  return textOf(rest.with(at, wanted))
}
