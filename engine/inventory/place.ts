import type { Place } from '../errors.ts'
import { setsSecret } from './variables/secret-name.ts'

/** `FILE:LINE:COLUMN`, without what is unknown. */
export const placeText = ({ file, line, column }: Place): string =>
  [file, line, column].filter((part) => part !== undefined).join(':')

/**
 * Formats a place: `file:line:column`, the line, and a caret under the column.
 *
 * @example
 * inventory.yaml:12:7
 *       mastres:
 *       ^
 */
export const renderPlace = (place: Place): string => {
  const { column, excerpt } = place
  const head = placeText(place)
  if (excerpt === undefined) return head
  const lead = excerpt.slice(0, (column ?? 1) - 1).replaceAll(/[^\t]/g, ' ')
  return column === undefined ? `${head}\n  ${excerpt}` : `${head}\n  ${excerpt}\n  ${lead}^`
}

/**
 * Returns a function that gives the place of an offset in a text, which is split into lines once. Offsets are UTF-16 code
 * units, as in JavaScript strings.
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

/** A place without its line, which contains a secret. */
export const withoutLine = ({ file, line, column }: Place): Place => ({
  file,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
})

/** A place, without its line if that seems to contain a secret: which values are secrets is not known yet. */
export const discreet = (place: Place): Place =>
  // the file of a value on the command line is `-e password`
  setsSecret(`${place.file}=\n${place.excerpt ?? ''}`) ? withoutLine(place) : place
