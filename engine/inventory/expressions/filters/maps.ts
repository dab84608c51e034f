/** Filters of maps. */
import { Fault } from '../fault.ts'
import { flagArgument, listOf, mapOf, needed, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { takes } from '../signature.ts'
import { areEqual, compareValues } from '../operators.ts'
import { Dict, List, Omit, force } from '../values.ts'
import type { Lazy, Value } from '../values.ts'

const listMerges = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'] as const
type ListMerge = (typeof listMerges)[number]

const isListMerge = (word: string): word is ListMerge => listMerges.some((one) => one === word)

/** Lists with the items of both. */
const mergedLists = (machine: Machine, one: List, other: List, how: ListMerge): List => {
  const without = (list: List, taken: List): readonly Value[] => {
    machine.step(list.items.length * taken.items.length)
    return list.values().filter((item) => !taken.values().some((found) => areEqual(found, item)))
  }
  switch (how) {
    case 'replace':
      return other
    case 'keep':
      return one
    case 'append':
      return machine.list([...one.items, ...other.items])
    case 'prepend':
      return machine.list([...other.items, ...one.items])
    case 'append_rp':
      return machine.list([...without(one, other), ...other.items])
    case 'prepend_rp':
      return machine.list([...other.items, ...without(one, other)])
  }
}

const combined = (machine: Machine, one: Dict, other: Dict, recursive: boolean, how: ListMerge): Dict => {
  machine.step(one.entries.size + other.entries.size)
  const entries = new Map<string, Value | Lazy>(one.entries)
  for (const [key, item] of other.entries) {
    if (item instanceof Omit) {
      entries.delete(key)
      continue
    }
    const before = entries.get(key)
    if (before === undefined || (!recursive && how === 'replace')) {
      entries.set(key, item)
      continue
    }
    const [old, added] = [force(before), force(item)]
    if (recursive && old instanceof Dict && added instanceof Dict)
      entries.set(key, combined(machine, old, added, recursive, how))
    else if (old instanceof List && added instanceof List)
      entries.set(key, mergedLists(machine, old, added, how))
    else entries.set(key, added)
  }
  return new Dict(entries)
}

const combine: Filter = (value, args, { machine }) => {
  const how = textArgument(machine, args, Infinity, 'list_merge') ?? 'replace'
  if (!isListMerge(how))
    throw new Fault(`combine has no list_merge ${how}`, {
      word: 'combine',
      hint: `it has ${listMerges.join(', ')}`,
    })
  const recursive = flagArgument(args, Infinity, 'recursive')
  const flat = (all: readonly Value[]): readonly Value[] =>
    all.flatMap((one) => (one instanceof List ? flat(one.values()) : [one]))
  // none adds nothing, and what is omitted is not there
  return flat([value, ...args.rest()])
    .filter((one) => one !== null)
    .map((one) => mapOf(machine, one, 'combine'))
    .reduce((all, one) => combined(machine, all, one, recursive, how), new Dict(new Map()))
}

const toItems: Filter = (value, args, { machine }) => {
  const [key, item] = [
    textArgument(machine, args, 0, 'key_name') ?? 'key',
    textArgument(machine, args, 1, 'value_name') ?? 'value',
  ]
  return machine.list(
    [...mapOf(machine, value, 'dict2items').entries].map(
      ([name, found]) =>
        new Dict(
          new Map<string, Value | Lazy>([
            [key, name],
            [item, found],
          ]),
        ),
    ),
  )
}

const fromItems: Filter = (value, args, { machine }) => {
  const [key, item] = [
    textArgument(machine, args, 0, 'key_name') ?? 'key',
    textArgument(machine, args, 1, 'value_name') ?? 'value',
  ]
  return new Dict(
    new Map(
      listOf(machine, value, 'items2dict').map((one) => {
        const entry = mapOf(machine, one, 'items2dict')
        const [name, found] = [entry.get(key), entry.entries.get(item)]
        if (name !== undefined && found !== undefined) return [machine.text(name), found]
        throw new Fault(`items2dict needs items with ${key} and ${item}`, { word: 'items2dict' })
      }),
    ),
  )
}

/** A map of maps, each by the value of one of its keys. */
const rekeyed: Filter = (value, args, { machine }) => {
  const word = 'rekey_on_member'
  const key = machine.text(needed(args, 0, 'key', word))
  const duplicates = textArgument(machine, args, 1, 'duplicates') ?? 'error'
  if (duplicates !== 'error' && duplicates !== 'overwrite')
    throw new Fault(`the duplicates of ${word} are error or overwrite`, { word })
  const found = machine.reveal(value)
  const items = found instanceof Dict ? [...found.entries.values()].map(force) : listOf(machine, value, word)
  const made = new Map<string, Value>()
  for (const item of items) {
    const name = mapOf(machine, item, word).get(key)
    if (name === undefined) throw new Fault(`${word} needs maps with ${key}`, { word })
    const text = machine.text(name)
    if (made.has(text) && duplicates === 'error')
      throw new Fault(`two maps have the same ${key}`, {
        word,
        hint: "set duplicates='overwrite' to keep the last",
      })
    made.set(text, item)
  }
  return new Dict(made)
}

const sorted: Filter = (value, args, { machine }) => {
  const sensitive = flagArgument(args, 0, 'case_sensitive')
  const by = textArgument(machine, args, 1, 'by') ?? 'key'
  if (by !== 'key' && by !== 'value')
    throw new Fault(`dictsort is by key or value, not ${by}`, { word: 'dictsort' })
  const reverse = flagArgument(args, 2, 'reverse')
  const keyed = (found: Value): Value =>
    typeof found === 'string' && !sensitive ? found.toLowerCase() : found
  const entries = [...mapOf(machine, value, 'dictsort').entries]
  entries.sort(([one, first], [other, second]) => {
    const order =
      by === 'key'
        ? compareValues(keyed(one), keyed(other))
        : compareValues(keyed(force(first)), keyed(force(second)))
    return reverse ? -order : order
  })
  return machine.list(entries.map(([key, item]) => new List([key, item])))
}

export const mapFilters: Filters = {
  combine: takes('* | recursive list_merge', combine),
  dict2items: takes('key_name value_name', toItems),
  items2dict: takes('key_name value_name', fromItems),
  rekey_on_member: takes('key duplicates', rekeyed),
  dictsort: takes('case_sensitive by reverse', sorted),
}
