/** Tests of values: `is defined`, `is match('…')`. */
import { matchesText } from './filters/regex.ts'
import { Fault } from './fault.ts'
import { addressTests } from './address-tests.ts'
import { toBoolean } from './filters/numbers.ts'
import { fileTests } from './file-tests.ts'
import { flagArgument, listOf, needed, numberOf, textArgument } from './library.ts'
import type { Test } from './library.ts'
import type { Machine } from './machine.ts'
import { takes } from './signature.ts'
import { areEqual, compare, contains, isTrue } from './operators.ts'
import { Dict, Hidden, List, Num, Undefined } from './values.ts'
import type { Args, Value } from './values.ts'
import { compareVersions } from './versions.ts'

const plain = (value: Value): Value => (value instanceof Hidden ? value.value : value)

const isNumber = (value: Value): value is Num => value instanceof Num

const compares = (operator: string): Test =>
  takes('/other', (value, args) => compare(operator, value, needed(args, 0, 'other', operator)))

const typeIs =
  (check: (value: Value) => boolean): Test =>
  (value) =>
    check(plain(value))

const textIs =
  (check: (text: string) => boolean): Test =>
  (value, _, { machine }) =>
    check(machine.text(value))

const remainder = (machine: Machine, value: Value, by: number): number =>
  numberOf(machine, value, 'the test') % by

const containsAll = (machine: Machine, all: Value, some: Value): boolean => {
  const found = listOf(machine, all, 'the test')
  return listOf(machine, some, 'the test').every((item) => {
    machine.step(found.length)
    return found.some((one) => areEqual(one, item))
  })
}

const version: Test = (value, args, { machine }) => {
  const other = machine.text(needed(args, 0, 'version', 'version'))
  const operator = textArgument(machine, args, 1, 'operator') ?? 'eq'
  const strict = args.at(2, 'strict') ?? undefined
  const type = textArgument(machine, args, 3, 'version_type')
  if (strict !== undefined && type !== undefined)
    throw new Fault('version takes strict or version_type, not both', { word: 'version_type' })
  const kind = type ?? (strict !== undefined && isTrue(strict) ? 'strict' : 'loose')
  return compareVersions(machine.text(value), other, operator, kind)
}

const truthy = (value: Value, args: Args): boolean =>
  flagArgument(args, 0, 'convert_bool') ? toBoolean(value) : isTrue(value)

const equal = compares('==')
const isIn: Test = takes('seq', (value, args) => contains(needed(args, 0, 'seq', 'in'), value))
const isSubset: Test = takes('b', (value, args, { machine }) =>
  containsAll(machine, needed(args, 0, 'b', 'subset'), value),
)
const isSuperset: Test = takes('b', (value, args, { machine }) =>
  containsAll(machine, value, needed(args, 0, 'b', 'superset')),
)
const matching = (where: 'match' | 'search'): Test =>
  takes('pattern ignorecase multiline', (value, args, { machine }) =>
    matchesText(machine, value, args, where),
  )

/** How `regex` looks for a pattern. */
const isPlace = (word: string): word is 'match' | 'search' | 'fullmatch' =>
  ['match', 'search', 'fullmatch'].includes(word)

const regex: Test = (value, args, { machine }) => {
  const where = textArgument(machine, args, 3, 'match_type') ?? 'search'
  if (isPlace(where)) return matchesText(machine, value, args, where)
  throw new Fault('the match_type of regex is search, match or fullmatch', { word: 'regex' })
}

/** Whether values are the same object: which equal numbers and texts are one is not said by Python. */
const isSame: Test = (value, args) => {
  const [one, other] = [plain(value), plain(needed(args, 0, 'other', 'sameas'))]
  if (one === null || other === null || typeof one === 'boolean' || typeof other === 'boolean')
    return one === other
  if (!areEqual(one, other)) return false
  throw new Fault('sameas compares objects, not values', { word: 'sameas', hint: 'use ==' })
}

const isAbsolute = textIs((text) => text.startsWith('/'))

export const tests: Readonly<Record<string, Test>> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: typeIs((value) => value === null),
  boolean: typeIs((value) => typeof value === 'boolean'),
  true: typeIs((value) => value === true),
  false: typeIs((value) => value === false),
  string: typeIs((value) => typeof value === 'string'),
  // booleans are numbers in Python
  number: typeIs((value) => isNumber(value) || typeof value === 'boolean'),
  integer: typeIs((value) => isNumber(value) && !value.float),
  float: typeIs((value) => isNumber(value) && value.float),
  mapping: typeIs((value) => value instanceof Dict),
  iterable: typeIs((value) => value instanceof Dict || value instanceof List || typeof value === 'string'),
  sequence: typeIs((value) => value instanceof Dict || value instanceof List || typeof value === 'string'),
  truthy: takes('convert_bool', truthy),
  falsy: takes('convert_bool', (value, args) => !truthy(value, args)),
  odd: (value, _, { machine }) => Math.abs(remainder(machine, value, 2)) === 1,
  even: (value, _, { machine }) => remainder(machine, value, 2) === 0,
  divisibleby: takes(
    'num',
    (value, args, { machine }) =>
      remainder(machine, value, numberOf(machine, needed(args, 0, 'num', 'divisibleby'), 'divisibleby')) ===
      0,
  ),
  eq: equal,
  equalto: equal,
  '==': equal,
  ne: compares('!='),
  '!=': compares('!='),
  lt: compares('<'),
  lessthan: compares('<'),
  '<': compares('<'),
  le: compares('<='),
  '<=': compares('<='),
  gt: compares('>'),
  greaterthan: compares('>'),
  '>': compares('>'),
  ge: compares('>='),
  '>=': compares('>='),
  sameas: takes('other', isSame),
  in: isIn,
  contains: takes('value', (value, args) => contains(value, needed(args, 0, 'value', 'contains'))),
  subset: isSubset,
  issubset: isSubset,
  superset: isSuperset,
  issuperset: isSuperset,
  any: (value, _, { machine }) => listOf(machine, value, 'any').some(isTrue),
  all: (value, _, { machine }) => listOf(machine, value, 'all').every(isTrue),
  lower: textIs((text) => text !== text.toUpperCase() && text === text.toLowerCase()),
  upper: textIs((text) => text !== text.toLowerCase() && text === text.toUpperCase()),
  url: textIs((text) => /^(?:https?|ftps?|file|ssh|git):\/\/\S+$/i.test(text)),
  abs: isAbsolute,
  is_abs: isAbsolute,
  ...fileTests,
  match: matching('match'),
  search: matching('search'),
  regex: takes('pattern ignorecase multiline match_type', regex),
  ...addressTests,
  version: takes('version operator strict version_type', version),
  version_compare: takes('version operator strict version_type', version),
}
