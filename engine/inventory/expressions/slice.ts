/** Slices of texts and lists, as in Python. */
import { Fault } from './fault.ts'
import { numberOf } from './library.ts'
import type { Machine } from './machine.ts'
import { kindOf } from './operators.ts'
import { List } from './values.ts'
import type { Value } from './values.ts'

const within = (at: number, length: number, least: number): number =>
  Math.max(least, Math.min(at < 0 ? length + at : at, least < 0 ? length - 1 : length))

/** The part of a text or list between two positions, with a step. */
export const sliced = (machine: Machine, value: Value, bounds: readonly (Value | undefined)[]): Value => {
  const found = machine.reveal(value)
  if (typeof found !== 'string' && !(found instanceof List))
    throw new Fault(`${kindOf(found)} cannot be sliced`)
  const [start, end, step = 1] = bounds.map((bound) =>
    bound === undefined || bound === null ? undefined : numberOf(machine, bound, 'a slice'),
  )
  if (!Number.isInteger(step) || step === 0)
    throw new Fault('the step of a slice must be an integer other than 0')
  const items = typeof found === 'string' ? Array.from(found) : found.items
  const { length } = items
  const least = step > 0 ? 0 : -1
  const from = start === undefined ? (step > 0 ? 0 : length - 1) : within(start, length, least)
  const to = end === undefined ? (step > 0 ? length : -1) : within(end, length, least)
  const picked: (typeof items)[number][] = []
  for (let at = from; step > 0 ? at < to : at > to; at += step) {
    const item = items[at]
    if (item !== undefined) picked.push(item)
  }
  if (typeof found === 'string') return picked.filter((item) => typeof item === 'string').join('')
  return machine.list(picked)
}
