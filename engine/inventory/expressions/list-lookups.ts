/** Lookups that make lists of their arguments. Pure. */
import { Fault } from './fault.ts'
import { subelementsOf } from './filters/items.ts'
import { formatPercent } from './format.ts'
import { listOf, mapOf, numberArgument, textArgument } from './library.ts'
import type { Machine } from './machine.ts'
import { takes } from './signature.ts'
import type { Signed } from './signature.ts'
import { Dict, List, Num, force } from './values.ts'
import type { Args, Value } from './values.ts'

type ListLookup = ((machine: Machine, terms: readonly Value[], args: Args) => readonly Value[]) & Signed

/** The items of each term; a term that is not a list is one item. */
const itemsOfAll = (machine: Machine, terms: readonly Value[]): Value[] =>
  terms.flatMap((term) => (term instanceof List ? [...listOf(machine, term, 'items')] : [term]))

const nested: ListLookup = (machine, terms) => {
  const lists = terms.map((term) => listOf(machine, term, 'nested'))
  machine.length(
    lists.reduce((count, list) => count * list.length, 1),
    'list',
  )
  const rows = lists.reduce<Value[][]>(
    (made, list) => made.flatMap((row) => list.map((item) => [...row, item])),
    [[]],
  )
  return rows.map((row) => machine.list(row))
}

const together: ListLookup = (machine, terms) => {
  const lists = terms.map((term) => listOf(machine, term, 'together'))
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, index) => machine.list(lists.map((list) => list[index] ?? null)))
}

/** The options of `start=1 end=5 stride=2 format=h%02d`, `5`, `2-8`, `2-8/2`, `4:host%02d`. */
const sequenceOptions = (text: string): Map<string, string> => {
  const [, start, end, stride, format] = /^(?:(\d+)-)?(\d+)(?:\/(-?\d+))?(?::(.+))?$/.exec(text.trim()) ?? []
  if (end !== undefined)
    return new Map(
      Object.entries({ start, end, stride, format }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value] as const],
      ),
    )
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const [, key, value] = /^(start|end|count|stride|format)=(.+)$/.exec(word) ?? []
        if (key !== undefined && value !== undefined) return [key, value]
        throw new Fault(`sequence does not know ${word}`, {
          word,
          hint: 'it has start, end or count, stride and format: start=1 end=5',
        })
      }),
  )
}

const sequence: ListLookup = (machine, terms, args) => {
  const texts = terms.length === 0 ? [''] : terms.map((term) => machine.text(term))
  return texts.flatMap((text) => {
    const given = sequenceOptions(text)
    const number = (name: string): number | undefined => {
      const word = given.get(name)
      const found = word === undefined ? numberArgument(machine, args, Infinity, name) : Number(word)
      if (found === undefined || Number.isInteger(found)) return found
      throw new Fault(`${name} of sequence is not an integer`, { word: 'sequence' })
    }
    const [start, stride, count] = [number('start') ?? 1, number('stride') ?? 1, number('count')]
    const end = count === undefined ? number('end') : start + stride * (count - 1)
    if (end === undefined || stride === 0)
      throw new Fault('sequence needs end or count, and a stride other than 0', { word: 'sequence' })
    const length = machine.length(Math.max(0, Math.floor((end - start) / stride) + 1), 'list')
    const format = given.get('format') ?? textArgument(machine, args, Infinity, 'format') ?? '%d'
    return Array.from({ length }, (_, index) =>
      formatPercent(machine, format, [new Num(start + stride * index)]),
    )
  })
}

const flattened = (machine: Machine, items: readonly Value[]): Value[] =>
  items.flatMap((item) => {
    machine.step()
    return item instanceof List ? flattened(machine, item.values()) : [item]
  })

const withoutKey = (entries: Dict['entries'], key: string): Dict['entries'] =>
  new Map([...entries].filter(([name]) => name !== key))

/** Each item of a list with each item of a list in it. */
const subelements: ListLookup = (machine, terms) => {
  const [items, key, options] = terms
  if (items === undefined || key === undefined)
    throw new Fault('subelements needs a list and a key', { word: 'subelements' })
  const skip = options === undefined ? undefined : mapOf(machine, options, 'subelements').get('skip_missing')
  const name = machine.text(key)
  return subelementsOf(machine, items, key, skip === true).map(({ items: [item = null, one = null] }) => {
    const all = force(item)
    // unlike the filter, without the list itself
    const rest = all instanceof Dict ? new Dict(withoutKey(all.entries, name)) : all
    return machine.list([rest, one])
  })
}

/** The lookups by name. */
export const listLookups: Readonly<Record<string, ListLookup>> = {
  items: itemsOfAll,
  list: (_, terms) => terms,
  indexed_items: (machine, terms) =>
    itemsOfAll(machine, terms).map((item, index) => machine.list([new Num(index), item])),
  dict: (machine, terms) =>
    terms.flatMap((term) => {
      const map = mapOf(machine, term, 'dict')
      return [...map.entries.keys()].map(
        (key) =>
          new Dict(
            new Map<string, Value>([
              ['key', key],
              ['value', map.get(key) ?? null],
            ]),
          ),
      )
    }),
  nested,
  cartesian: nested,
  flattened: flattened,
  subelements,
  together,
  sequence: takes('start end count stride format', sequence),
}
