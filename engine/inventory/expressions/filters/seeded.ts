/** Filters that choose by a seed: the same value at each run. */
import { Fault } from '../fault.ts'
import { listOf, numberArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { PythonRandom } from '../python-random.ts'
import { takes } from '../signature.ts'
import { List, Num } from '../values.ts'
import type { Value } from '../values.ts'

const largest = 2 ** 32 - 1

const randomOf = (machine: Machine, seed: Value | undefined, what: string): PythonRandom => {
  if (seed === undefined || seed === null)
    throw new Fault(`${what} needs a seed: without one, a value would differ at each run`, {
      word: what,
      hint: `write ${what}(seed=inventory_hostname)`,
    })
  const found = machine.reveal(seed)
  return new PythonRandom(found instanceof Num && !found.float ? BigInt(found.value) : machine.text(found))
}

/** An integer from a start to below an end, or an item of a list. */
const random: Filter = (value, args, { machine }): Value => {
  const generator = randomOf(machine, args.at(2, 'seed'), 'random')
  const found = machine.reveal(value)
  const [start, step] = [numberArgument(machine, args, 0, 'start'), numberArgument(machine, args, 1, 'step')]
  if (found instanceof Num) {
    const [first, by] = [start ?? 0, step ?? 1]
    const count = Math.ceil((Number(found.value) - first) / by)
    if (Number.isInteger(first) && Number.isInteger(by) && by !== 0 && count >= 1 && count <= largest)
      return new Num(first + by * generator.below(count))
    throw new Fault('random needs a start below the end, and a step other than 0', { word: 'random' })
  }
  if (start !== undefined || step !== undefined)
    throw new Fault('start and step of random need a number, not a list', { word: 'random' })
  const items = listOf(machine, found, 'random')
  if (items.length === 0) throw new Fault('random needs a list with an item', { word: 'random' })
  return items[generator.below(items.length)] ?? null
}

const shuffle: Filter = (value, args, { machine }) => {
  const generator = randomOf(machine, args.at(0, 'seed'), 'shuffle')
  const items = [...listOf(machine, value, 'shuffle')]
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = generator.below(last + 1)
    const [a, b] = [items[last], items[other]]
    if (a !== undefined && b !== undefined) [items[last], items[other]] = [b, a]
  }
  return new List(items)
}

export const seededFilters: Filters = {
  random: takes('start step seed', random),
  shuffle: takes('seed', shuffle),
}
