import { printable } from '../text.ts'
import { safeJson } from './escape.ts'

/** A table that stores each value once and returns its index. */
export const table = <Value>(keyOf: (value: Value) => string) => {
  const places = new Map<string, number>()
  const values: Value[] = []
  return {
    values,
    has: (value: Value): boolean => places.has(keyOf(value)),
    place: (value: Value): number => {
      const key = keyOf(value)
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, values.length)
      return values.push(value) - 1
    },
  }
}

/** Maximum characters of one text. */
const longest = 20_000

const omitted = '… omitted: the page would become too large'

/**
 * A table of texts for the page: without control characters, long texts truncated, and all together within a budget.
 * When the budget is used up, a text is replaced with a note: add the most important texts first.
 *
 * @param budget maximum bytes of all texts in the page.
 */
export const textTable = (budget: number) => {
  const texts = table<string>((text) => text)
  let left = budget
  return {
    values: texts.values,
    place: (text: string): number => {
      const clean = printable(text)
      const short =
        clean.length > longest
          ? `${clean.slice(0, longest)}\n… ${clean.length - longest} more characters`
          : clean
      if (texts.has(short)) return texts.place(short)
      const size = Buffer.byteLength(safeJson(short))
      if (size > left) return texts.place(omitted)
      left -= size
      return texts.place(short)
    },
  }
}
