/** Finds words in the expressions of a value that is written on several lines. Pure. */
import type { Place } from '../../errors.ts'

/** Where expressions are in a text: from `{{` to `}}`, from `{%` to `%}`. */
const expressions = /\{\{[^]*?\}\}|\{%[^]*?%\}/g

const escaped = (word: string): string => word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** The offset of a word in the expressions of a text, as a word of its own if there is one. */
const offsetIn = (text: string, word: string): number | undefined => {
  const found = Array.from(text.matchAll(expressions))
  for (const form of [new RegExp(`(?<!\\w)${escaped(word)}(?!\\w)`), new RegExp(escaped(word))]) {
    for (const { 0: part, index } of found) {
      const at = part.search(form)
      if (at >= 0) return index + at
    }
  }
  return undefined
}

/**
 * Gives the place of a word in the expressions of a value; undefined for a value of one line, whose place shows it.
 *
 * @param range the offsets of the value in the text of its file.
 */
export const wordsOf = (
  text: string,
  range: readonly [number, number, number] | null | undefined,
  placeAt: (offset: number) => Place,
): ((word: string) => Place | undefined) | undefined => {
  if (range === null || range === undefined) return undefined
  const [start, end] = range
  if (!text.slice(start, end).trimEnd().includes('\n')) return undefined
  return (word) => {
    const at = word === '' ? undefined : offsetIn(text.slice(start, end), word)
    return at === undefined ? undefined : placeAt(start + at)
  }
}
