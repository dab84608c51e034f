/** Filters that pick or change the items of lists. */
import { flagArgument, itemsOf, listOf, needed } from '../library.ts'
import type { Filter, Filters, Library } from '../library.ts'
import type { Machine } from '../machine.ts'
import { checkArguments, takes } from '../signature.ts'
import { memberOf } from '../members.ts'
import { areEqual, compareValues, isTrue } from '../operators.ts'
import { List, Num, Undefined } from '../values.ts'
import type { Args, Value } from '../values.ts'

/** The attribute of an item: `a.b.0` is a path. */
export const attributeOf = (machine: Machine, item: Value, path: Value): Value => {
  if (typeof path !== 'string') return memberOf(machine, item, path, false, 'the item')
  return path
    .split('.')
    .reduce<Value>(
      (value, key) =>
        memberOf(
          machine,
          value,
          /^\d+$/.test(key) && value instanceof List ? new Num(Number(key)) : key,
          false,
          'an item',
        ),
      item,
    )
}

const map: Filter = (value, args, library) => {
  const { machine } = library
  const items = itemsOf(machine, value, 'map')
  const attribute = args.named('attribute')
  if (attribute !== undefined && args.count === 0) {
    checkArguments('map', { signature: '| attribute default' }, args)
    const fallback = args.named('default')
    return machine.list(
      items.map((item) => {
        const found = attributeOf(machine, item, attribute)
        if (!(found instanceof Undefined)) return found
        if (fallback === undefined) throw found.fault()
        return fallback
      }),
    )
  }
  const name = machine.text(needed(args, 0, 'filter', 'map'))
  return machine.list(items.map((item) => library.filter(name, item, args.without(1))))
}

/** Whether an item passes the test of `select` and its siblings: without one, whether it counts as true. */
const passes = (item: Value, args: Args, { machine, test }: Library): boolean => {
  if (args.count === 0) {
    checkArguments('a selection without a test', {}, args)
    return isTrue(item)
  }
  return test(machine.text(args.at(0) ?? ''), item, args.without(1))
}

const select =
  (wanted: boolean): Filter =>
  (value, args, library) =>
    library.machine.list(
      itemsOf(library.machine, value, 'select').filter((item) => passes(item, args, library) === wanted),
    )

const selectByAttribute =
  (wanted: boolean): Filter =>
  (value, args, library) => {
    const { machine } = library
    const attribute = needed(args, 0, 'attribute', 'selectattr')
    const kept = itemsOf(machine, value, 'selectattr').filter(
      (item) => passes(attributeOf(machine, item, attribute), args.without(1), library) === wanted,
    )
    return machine.list(kept)
  }

/** Each item of a list with each item of the list that is its member. */
export const subelementsOf = (machine: Machine, all: Value, key: Value, skip: boolean): List[] =>
  listOf(machine, all, 'subelements').flatMap((item) => {
    const found = attributeOf(machine, item, key)
    if (found instanceof Undefined && skip) return []
    return listOf(machine, found, 'subelements').map((one) => new List([item, one]))
  })

const subelements: Filter = (value, args, { machine }) =>
  machine.list(
    subelementsOf(
      machine,
      value,
      needed(args, 0, 'subelements', 'subelements'),
      flagArgument(args, 1, 'skip_missing'),
    ),
  )

const groupBy: Filter = (value, args, { machine }) => {
  const attribute = needed(args, 0, 'attribute', 'groupby')
  const fallback = args.at(1, 'default')
  const keyOf = (item: Value): Value => {
    const found = attributeOf(machine, item, attribute)
    return found instanceof Undefined && fallback !== undefined ? fallback : found
  }
  const sensitive = flagArgument(args, 2, 'case_sensitive')
  const folded = (key: Value): Value => (typeof key === 'string' && !sensitive ? key.toLowerCase() : key)
  const groups: { readonly key: Value; readonly items: Value[] }[] = []
  for (const item of listOf(machine, value, 'groupby')) {
    const key = keyOf(item)
    machine.step(groups.length)
    const group = groups.find((one) => areEqual(folded(one.key), folded(key)))
    if (group === undefined) groups.push({ key, items: [item] })
    else group.items.push(item)
  }
  groups.sort((one, other) => compareValues(folded(one.key), folded(other.key)))
  return machine.list(groups.map(({ key, items }) => new List([key, new List(items)])))
}

const extract: Filter = (value, args, { machine }) => {
  const container = needed(args, 0, 'container', 'extract')
  const more = args.at(1, 'morekeys')
  const keys = more === undefined || more === null ? [] : more instanceof List ? more.values() : [more]
  return [value, ...keys].reduce<Value>(
    (found, key) => memberOf(machine, found, key, false, 'the container'),
    container,
  )
}

export const itemFilters: Filters = {
  map: takes('* **', map),
  extract: takes('container morekeys', extract),
  select: takes('* **', select(true)),
  reject: takes('* **', select(false)),
  selectattr: takes('* **', selectByAttribute(true)),
  rejectattr: takes('* **', selectByAttribute(false)),
  subelements: takes('subelements skip_missing', subelements),
  groupby: takes('attribute default case_sensitive', groupBy),
}
