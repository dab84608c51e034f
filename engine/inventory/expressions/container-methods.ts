/** The methods of lists and maps, as in Python. */
import { Fault } from './fault.ts'
import { needed, numberArgument } from './library.ts'
import type { Methods } from './methods.ts'
import { areEqual } from './operators.ts'
import { takes } from './signature.ts'
import { Dict, List, Num } from './values.ts'

export const listMethods: Methods<List> = {
  index: takes('/value /start /stop', (list, args, machine) => {
    const wanted = needed(args, 0, 'value', 'index')
    const { length } = list.items
    const bound = (position: number, name: string, usual: number): number => {
      const given = numberArgument(machine, args, position, name) ?? usual
      return given < 0 ? Math.max(0, length + given) : given
    }
    const [from, to] = [bound(1, 'start', 0), bound(2, 'stop', length)]
    const at = list.values().findIndex((item, index) => index >= from && index < to && areEqual(item, wanted))
    if (at < 0) throw new Fault('index: the list does not have the value')
    return new Num(at)
  }),
  count: takes('/value', (list, args) => {
    const wanted = needed(args, 0, 'value', 'count')
    return new Num(list.values().filter((item) => areEqual(item, wanted)).length)
  }),
  copy: (list, _, machine) => machine.list(list.items),
}

export const mapMethods: Methods<Dict> = {
  items: (map, _, machine) => machine.list([...map.entries].map(([key, item]) => new List([key, item]))),
  keys: (map, _, machine) => machine.list([...map.entries.keys()]),
  values: (map, _, machine) => machine.list([...map.entries.values()]),
  get: takes(
    '/key /default',
    (map, args, machine) =>
      map.get(machine.text(needed(args, 0, 'key', 'get'))) ?? args.at(1, 'default') ?? null,
  ),
  copy: (map) => new Dict(map.entries, map.missing),
}
