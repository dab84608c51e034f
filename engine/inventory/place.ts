import type { Place } from '../errors.ts'
import { looksSecret } from '../secret.ts'

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

/**
 * Gives the places of offsets in a text, which is looked through for its lines once. Offsets count UTF-16 units, as
 * JavaScript's strings do.
 */
export const placesIn = (file: string, text: string): ((offset: number) => Place) => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    // the last line that starts at or before the offset
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    const start = starts[low] ?? 0
    const next = starts[low + 1]
    return {
      file,
      line: low + 1,
      column: offset - start + 1,
      excerpt: text.slice(start, next === undefined ? text.length : next - 1),
    }
  }
}

/** Whether a variable's name says that its value is something like a password. */
export const looksSecretName = (name: string): boolean => looksSecret(`${name}=`)

/** A place without its line, which holds a secret. */
export const withoutLine = ({ file, line, column }: Place): Place => ({
  file,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
})

/** A place, without its line when that names something like a password: nobody has said yet what is a secret. */
export const discreet = (place: Place): Place =>
  // `-e password` is what a value of the command line calls its file
  looksSecret(`${place.file}=\n${place.excerpt ?? ''}`) ? withoutLine(place) : place
