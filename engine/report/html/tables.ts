import { printable } from '../text.ts'
import { safeJson } from './escape.ts'

/** Things that repeat, each kept once; gives the place of each in the list. */
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

/** Characters that one text may have. */
const longest = 20_000

const omitted = '… left out: the page would become too large'

/**
 * Texts for the page: cleaned of what acts on terminals, cut where they are long, and all together no larger than a
 * budget. What is asked for when the budget is spent is left out and says so: ask for what matters most first.
 *
 * @param budget bytes of all texts, as they stand in the page.
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
