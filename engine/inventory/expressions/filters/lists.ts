/** Filters of lists. */
import { Fault } from '../fault.ts'
import {
  bare,
  flagArgument,
  listOf,
  mapOf,
  needed,
  numberArgument,
  numberOf,
  textArgument,
} from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { areEqual, compareValues, operate } from '../operators.ts'
import { takes } from '../signature.ts'
import { attributeOf } from './items.ts'
import { Args, Hidden, List, Num, Undefined } from '../values.ts'
import type { Value } from '../values.ts'

/** What items are compared by: an attribute, and small letters unless the case counts. */
const keyFor = (machine: Machine, args: Args, sensitive: boolean) => {
  const attribute = args.at(1, 'attribute')
  return (item: Value): Value => {
    const found = bare(attribute === undefined ? item : attributeOf(machine, item, attribute))
    return typeof found === 'string' && !sensitive ? found.toLowerCase() : found
  }
}

const sort: Filter = (value, args, { machine }) => {
  const reverse = flagArgument(args, 0, 'reverse')
  const sensitive = flagArgument(args, 1, 'case_sensitive')
  const paths = args.at(2, 'attribute')
  const attributes: readonly (Value | undefined)[] =
    typeof paths === 'string' ? paths.split(',').map((path) => path.trim()) : [undefined]
  const keys = attributes.map((path) =>
    keyFor(machine, new Args([], path === undefined ? new Map() : new Map([['attribute', path]])), sensitive),
  )
  const items = [...listOf(machine, value, 'sort')]
  items.sort((one, other) => {
    machine.step()
    const order = keys.reduce((found, key) => (found === 0 ? compareValues(key(one), key(other)) : found), 0)
    return reverse ? -order : order
  })
  return machine.list(items)
}

/** Items without those whose key was there before. */
const uniqueBy = (items: readonly Value[], key: (item: Value) => Value, machine: Machine): Value[] => {
  const kept: { readonly item: Value; readonly key: Value }[] = []
  const texts = new Set<string>()
  for (const item of items) {
    const found = key(item)
    machine.step()
    if (typeof found === 'string') {
      if (!texts.has(found)) kept.push({ item, key: found })
      texts.add(found)
      continue
    }
    machine.step(kept.length)
    if (!kept.some((one) => typeof one.key !== 'string' && areEqual(one.key, found)))
      kept.push({ item, key: found })
  }
  return kept.map(({ item }) => item)
}

const has = (machine: Machine, items: readonly Value[], wanted: Value): boolean => {
  machine.step(items.length)
  return items.some((one) => areEqual(one, wanted))
}

/** A filter of two lists. */
const ofSets = (
  name: string,
  pick: (one: readonly Value[], other: readonly Value[], machine: Machine) => readonly Value[],
): Filter =>
  takes('b', (value, args, { machine }) => {
    const other = listOf(machine, needed(args, 0, 'b', name), name)
    return machine.list(uniqueBy(pick(listOf(machine, value, name), other, machine), bare, machine))
  })

const flattened = (machine: Machine, items: readonly Value[], levels: number, skipNone: boolean): Value[] =>
  items.flatMap((item) => {
    machine.step()
    if (item === null && skipNone) return []
    return item instanceof List && levels !== 0
      ? flattened(machine, item.values(), levels - 1, skipNone)
      : [item]
  })

const batch: Filter = (value, args, { machine }) => {
  const size = numberOf(machine, needed(args, 0, 'linecount', 'batch'), 'batch')
  if (size < 1) throw new Fault('batch needs a size of at least 1', { word: 'batch' })
  const fill = args.at(1, 'fill_with')
  const items = listOf(machine, value, 'batch')
  const rows: List[] = []
  for (let at = 0; at < items.length; at += size) {
    const row = items.slice(at, at + size)
    const missing = fill === undefined ? 0 : machine.length(size - row.length, 'list')
    rows.push(new List([...row, ...Array.from({ length: missing }, () => fill ?? null)]))
  }
  return machine.list(rows)
}

const zipped =
  (longest: boolean): Filter =>
  (value, args, { machine }) => {
    const lists = [value, ...args.rest()].map((list) => listOf(machine, list, 'zip'))
    const sizes = lists.map(({ length }) => length)
    const size = longest ? Math.max(...sizes) : Math.min(...sizes)
    const fill = args.named('fillvalue') ?? null
    return machine.list(
      Array.from({ length: size }, (_, index) => new List(lists.map((list) => list[index] ?? fill))),
    )
  }

const product: Filter = (value, args, { machine }) => {
  let rows: readonly (readonly Value[])[] = [[]]
  const lists = [value, ...args.rest()].map((one) => listOf(machine, one, 'product'))
  const times = machine.length(numberArgument(machine, args, Infinity, 'repeat') ?? 1, 'list')
  for (const list of Array.from({ length: times }, () => lists).flat()) {
    machine.length(rows.length * list.length, 'list')
    rows = rows.flatMap((row) => list.map((item) => [...row, item]))
  }
  return machine.list(rows.map((row) => new List(row)))
}

/** The orders of some items of a list, or the choices of some, in the order of the list. */
const arranged =
  (ordered: boolean): Filter =>
  (value, args, { machine }) => {
    const name = ordered ? 'permutations' : 'combinations'
    const items = listOf(machine, value, name)
    const size = ordered
      ? (numberArgument(machine, args, 0, 'r') ?? items.length)
      : numberOf(machine, needed(args, 0, 'r', name), name)
    let rows: readonly (readonly number[])[] = [[]]
    for (let round = 0; round < Math.min(size, items.length + 1); round += 1) {
      rows = rows.flatMap((row) => {
        machine.step(items.length)
        return items.flatMap((_, index) =>
          (ordered ? row.includes(index) : index <= (row.at(-1) ?? -1)) ? [] : [[...row, index]],
        )
      })
      machine.length(rows.length, 'list')
    }
    return machine.list(rows.map((row) => new List(row.map((index) => items[index] ?? null))))
  }

const extreme =
  (wanted: -1 | 1): Filter =>
  (value, args, { machine }) => {
    const key = keyFor(machine, args, flagArgument(args, 0, 'case_sensitive'))
    const [first, ...rest] = listOf(machine, value, wanted < 0 ? 'min' : 'max')
    if (first === undefined) return new Undefined('the list is empty')
    return rest.reduce(
      (best, item) => (Math.sign(compareValues(key(item), key(best))) === wanted ? item : best),
      first,
    )
  }

const end =
  (at: 0 | -1, name: string): Filter =>
  (value, _, { machine }) => {
    const found = value instanceof Hidden ? machine.text(value).at(at) : listOf(machine, value, name).at(at)
    return found ?? new Undefined('the list is empty', { word: name })
  }

const join: Filter = (value, args, { machine }) => {
  const separator = textArgument(machine, args, 0, 'd') ?? ''
  const attribute = args.at(1, 'attribute')
  return machine.bounded(
    listOf(machine, value, 'join')
      .map((item) => machine.text(attribute === undefined ? item : attributeOf(machine, item, attribute)))
      .join(separator),
  )
}

const union = ofSets('union', (one, other) => [...one, ...other])
const intersect = ofSets('intersect', (one, other, machine) =>
  one.filter((item) => has(machine, other, item)),
)
const difference = ofSets('difference', (one, other, machine) =>
  one.filter((item) => !has(machine, other, item)),
)
const symmetric = ofSets('symmetric_difference', (one, other, machine) => [
  ...one.filter((item) => !has(machine, other, item)),
  ...other.filter((item) => !has(machine, one, item)),
])

export const listFilters: Filters = {
  first: end(0, 'first'),
  last: end(-1, 'last'),
  sort: takes('reverse case_sensitive attribute', sort),
  unique: takes('case_sensitive attribute', (value, args, { machine }) =>
    machine.list(
      uniqueBy(
        listOf(machine, value, 'unique'),
        keyFor(machine, args, flagArgument(args, 0, 'case_sensitive')),
        machine,
      ),
    ),
  ),
  reverse: (value, _, { machine }) => {
    const found = machine.reveal(value)
    if (typeof found === 'string') return Array.from(found).toReversed().join('')
    return machine.list(listOf(machine, value, 'reverse').toReversed())
  },
  list: (value, _, { machine }) => machine.list(listOf(machine, value, 'list')),
  join: takes('d attribute', join),
  union,
  lists_union: union,
  lists_intersect: intersect,
  intersect,
  lists_difference: difference,
  difference,
  lists_symmetric_difference: symmetric,
  symmetric_difference: symmetric,
  flatten: takes('levels skip_nulls', (value, args, { machine }) =>
    machine.list(
      flattened(
        machine,
        listOf(machine, value, 'flatten'),
        numberArgument(machine, args, 0, 'levels') ?? -1,
        flagArgument(args, 1, 'skip_nulls', true),
      ),
    ),
  ),
  batch: takes('linecount fill_with', batch),
  zip: takes('*', zipped(false)),
  zip_longest: takes('* | fillvalue', zipped(true)),
  product: takes('* | repeat', product),
  permutations: takes('r', arranged(true)),
  combinations: takes('r', arranged(false)),
  min: takes('case_sensitive attribute', extreme(-1)),
  max: takes('case_sensitive attribute', extreme(1)),
  sum: takes('attribute start', (value, args, { machine }) => {
    const attribute = args.at(0, 'attribute')
    return listOf(machine, value, 'sum').reduce<Value>(
      (total, item) =>
        operate(machine, '+', total, attribute === undefined ? item : attributeOf(machine, item, attribute)),
      args.at(1, 'start') ?? new Num(0),
    )
  }),
  items: (value, _, { machine }) =>
    machine.list([...mapOf(machine, value, 'items').entries].map(([key, item]) => new List([key, item]))),
}
