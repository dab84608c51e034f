/**
 * The methods of Python that change a list or a map in place. They change the value in one text with expressions: what it reads of the
 * variables of a host is a copy then.
 */
import { listOf, mapOf, flagArgument, needed, numberArgument } from './library.ts'
import { Fault } from './fault.ts'
import type { Machine } from './machine.ts'
import type { Methods } from './methods.ts'
import { areEqual, compareValues } from './operators.ts'
import { takes } from './signature.ts'
import { Dict, Lazy, List, force } from './values.ts'
import type { Args, Value } from './values.ts'

/** Gives a list other items. */
const become = (machine: Machine, list: List, items: readonly (Value | Lazy)[]): null => {
  machine.step(items.length >> 6)
  list.items = machine.list(items.slice(), false).items
  return null
}

/** Gives a map other entries. */
const becomeMap = (machine: Machine, map: Dict, entries: ReadonlyMap<string, Value | Lazy>): null => {
  machine.step(entries.size >> 4)
  map.entries = entries
  return null
}

const positionOf = (length: number, at: number): number => (at < 0 ? Math.max(0, length + at) : at)

export const listChanges: Methods<List> = {
  append: takes('/object', (list, args, machine) =>
    become(machine, list, [...list.items, needed(args, 0, 'object', 'append')]),
  ),
  extend: takes('/iterable', (list, args, machine) =>
    become(machine, list, [
      ...list.items,
      ...listOf(machine, needed(args, 0, 'iterable', 'extend'), 'extend'),
    ]),
  ),
  insert: takes('/index /object', (list, args, machine) => {
    const at = positionOf(list.items.length, numberArgument(machine, args, 0, 'index') ?? 0)
    return become(machine, list, list.items.toSpliced(at, 0, needed(args, 1, 'object', 'insert')))
  }),
  remove: takes('/value', (list, args, machine) => {
    const wanted = needed(args, 0, 'value', 'remove')
    const at = list.values().findIndex((item) => areEqual(item, wanted))
    if (at < 0) throw new Fault('remove: the list does not have the value', { word: 'remove' })
    return become(machine, list, list.items.toSpliced(at, 1))
  }),
  pop: takes('/index', (list, args, machine) => {
    const { length } = list.items
    const given = numberArgument(machine, args, 0, 'index') ?? -1
    const at = given < 0 ? length + given : given
    const item = list.items[at]
    if (item === undefined) throw new Fault('pop: the list does not have the position', { word: 'pop' })
    become(machine, list, list.items.toSpliced(at, 1))
    return force(item)
  }),
  clear: (list, _, machine) => become(machine, list, []),
  reverse: (list, _, machine) => become(machine, list, list.items.toReversed()),
  sort: takes('| reverse', (list, args, machine) => {
    const items = list.values().toSorted((one, other) => {
      machine.step()
      return compareValues(one, other)
    })
    return become(machine, list, flagArgument(args, Infinity, 'reverse') ? items.toReversed() : items)
  }),
}

const keyIn = (machine: Machine, args: Args, name: string): string =>
  machine.text(needed(args, 0, 'key', name))

export const mapChanges: Methods<Dict> = {
  update: takes('/other **', (map, args, machine) => {
    const other = args.at(0)
    const added = other === undefined ? [] : mapOf(machine, other, 'update').entries
    const named = args.names().map((name): [string, Value] => [name, args.named(name) ?? null])
    return becomeMap(machine, map, new Map([...map.entries, ...added, ...named]))
  }),
  setdefault: takes('/key /default', (map, args, machine) => {
    const key = keyIn(machine, args, 'setdefault')
    const found = map.get(key)
    if (found !== undefined) return found
    const value = args.at(1) ?? null
    becomeMap(machine, map, new Map([...map.entries, [key, value]]))
    return value
  }),
  pop: takes('/key /default', (map, args, machine) => {
    const key = keyIn(machine, args, 'pop')
    const found = map.get(key) ?? args.at(1)
    if (found === undefined) throw new Fault('pop: the map does not have the key', { word: 'pop' })
    becomeMap(machine, map, new Map([...map.entries].filter(([name]) => name !== key)))
    return found
  }),
  clear: (map, _, machine) => becomeMap(machine, map, new Map()),
}

/** Whether a text with expressions can change a value in place. */
export const changesValues = (text: string): boolean =>
  /\.\s*(?:append|extend|insert|remove|pop|clear|reverse|sort|update|setdefault)\b/.test(text)

/** Gives the values of names as copies, each one once. */
export const copying = (read: (name: string) => Value): ((name: string) => Value) => {
  const copies = new Map<string, Value>()
  return (name) => {
    const value = copies.get(name) ?? copyOf(read(name))
    if (value instanceof List || value instanceof Dict) copies.set(name, value)
    return value
  }
}

/** A copy of a list or a map, with copies of what it has, made when they are read. */
export const copyOf = (value: Value): Value => {
  const later = (item: Value | Lazy): Lazy => new Lazy(() => copyOf(force(item)))
  if (value instanceof List) return new List(value.items.map(later), value.tuple)
  if (!(value instanceof Dict)) return value
  const { missing } = value
  return new Dict(
    new Map([...value.entries].map(([key, item]) => [key, later(item)])),
    missing && ((key) => copyOf(missing(key))),
  )
}
