import type { Place } from '../errors.ts'

/**
 * A place for people: `file:line:column`, the line, and a caret under the column.
 *
 * @example
 * inventory.yaml:12:7
 *       mastres:
 *       ^
 */
export const renderPlace = ({ file, line, column, excerpt }: Place): string => {
  const head = [file, line, column].filter((part) => part !== undefined).join(':')
  if (excerpt === undefined) return head
  const lead = excerpt.slice(0, (column ?? 1) - 1).replaceAll(/[^\t]/g, ' ')
  return column === undefined ? `${head}\n  ${excerpt}` : `${head}\n  ${excerpt}\n  ${lead}^`
}

/** The place of an offset in a text. Offsets count UTF-16 units, as JavaScript's strings do. */
export const placeAt = (file: string, text: string, offset: number): Place => {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  const end = text.indexOf('\n', offset)
  return {
    file,
    line: before.split('\n').length,
    column: offset - start + 1,
    excerpt: text.slice(start, end < 0 ? text.length : end),
  }
}

const looksSecret =
  /(pass|passwd|password|passphrase|secret|token|credential|(?:api|access|private|secret)[_-]?key)s?["']?\s*[:=]/i

/** Whether a variable's name says that its value is something like a password. */
export const looksSecretName = (name: string): boolean => looksSecret.test(`${name}=`)

/** A place without its line, which holds a secret. */
export const withoutLine = ({ file, line, column }: Place): Place => ({
  file,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
})

/** A place, without its line when that names something like a password: nobody has said yet what is a secret. */
export const discreet = (place: Place): Place =>
  // `-e password` is what a value of the command line calls its file
  looksSecret.test(`${place.file}=\n${place.excerpt ?? ''}`) ? withoutLine(place) : place
