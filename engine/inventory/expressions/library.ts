/** What filters, tests and methods have in common. */
import { Fault } from './fault.ts'
import type { Machine } from './machine.ts'
import { isTrue, kindOf } from './operators.ts'
import type { Signed } from './signature.ts'
import { Dict, Hidden, List, Num } from './values.ts'
import type { Args, Value } from './values.ts'

/** What filters and tests use. */
export interface Library {
  readonly machine: Machine
  /**
   * Asks whether the expression that is evaluated can read this machine.
   *
   * @throws Fault in what a program printed.
   */
  readonly mayRead: (what: string) => void
  /** Applies a filter by its name. */
  readonly filter: (name: string, value: Value, args: Args) => Value
  /** Applies a test by its name. */
  readonly test: (name: string, value: Value, args: Args) => boolean
}

/** A filter. */
export type Filter = ((value: Value, args: Args, library: Library) => Value) & Signed

/** A test. */
export type Test = ((value: Value, args: Args, library: Library) => boolean) & Signed

/** Filters by name. */
export type Filters = Readonly<Record<string, Filter>>

/** A value that must be a list; a map is its keys, a text its characters. */
export const listOf = (machine: Machine, value: Value, what: string): readonly Value[] => {
  const found = machine.reveal(value)
  if (found instanceof List) {
    machine.step(found.items.length)
    return found.values()
  }
  if (found instanceof Dict) return [...found.entries.keys()]
  if (typeof found === 'string') return Array.from(found)
  throw new Fault(`${what} needs a list, not ${kindOf(found)}`, { word: what })
}

/** The items of a value that counts as false are none; another one must be a list. */
export const itemsOf = (machine: Machine, value: Value, what: string): readonly Value[] =>
  value instanceof Hidden || isTrue(value) ? listOf(machine, value, what) : []

/** A value that must be text. */
export const textOf = (machine: Machine, value: Value, what: string): string => {
  const found = machine.reveal(value)
  if (typeof found === 'string') return found
  throw new Fault(`${what} needs text, not ${kindOf(found)}`, { word: what })
}

/** A value that must be a map. */
export const mapOf = (machine: Machine, value: Value, what: string): Dict => {
  const found = machine.reveal(value)
  if (found instanceof Dict) return found
  throw new Fault(`${what} needs a map, not ${kindOf(found)}`, { word: what })
}

/** A value that must be a number. */
export const numberOf = (machine: Machine, value: Value, what: string): number => {
  const found = machine.reveal(value)
  if (found instanceof Num) return Number(found.value)
  if (typeof found === 'boolean') return found ? 1 : 0
  throw new Fault(`${what} needs a number, not ${kindOf(found)}`, { word: what })
}

/** An argument that must be there. */
export const needed = (args: Args, position: number, name: string, what: string): Value => {
  const found = args.at(position, name)
  if (found === undefined) throw new Fault(`${what} needs the argument ${name}`, { word: what })
  return found
}

/** An optional argument as text. */
export const textArgument = (
  machine: Machine,
  args: Args,
  position: number,
  name: string,
): string | undefined => {
  const found = args.at(position, name)
  return found === undefined || found === null ? undefined : machine.text(found)
}

/** An optional argument as a boolean. */
export const flagArgument = (args: Args, position: number, name: string, fallback = false): boolean => {
  const found = args.at(position, name)
  if (found === undefined) return fallback
  return found === true || (found instanceof Num && Number(found.value) !== 0)
}

/** An optional argument as a number. */
export const numberArgument = (
  machine: Machine,
  args: Args,
  position: number,
  name: string,
): number | undefined => {
  const found = args.at(position, name)
  return found === undefined || found === null ? undefined : numberOf(machine, found, name)
}

/** Texts as a list. */
export const texts = (machine: Machine, items: readonly string[]): List => machine.list(items)

/** The value without a mark of a secret, for comparisons, whose results are not hidden. */
export const bare = (value: Value): Value => (value instanceof Hidden ? value.value : value)
