/** Filters of numbers, booleans and values that can be missing. */
import { Fault } from '../fault.ts'
import { flagArgument, needed, numberArgument, numberOf, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { takes } from '../signature.ts'
import { integer, isTrue, kindOf } from '../operators.ts'
import { Dict, Hidden, List, Num, Undefined } from '../values.ts'
import type { Value } from '../values.ts'

const fallback: Filter = (value, args) => {
  const given = args.at(0, 'default_value')
  const other = given === undefined ? '' : given
  if (value instanceof Undefined && !value.blank) return other
  return flagArgument(args, 1, 'boolean') && !isTrue(value) ? other : value
}

const trueWords = new Set(['yes', 'on', '1', 'true'])

/** A value as a boolean: other words than yes, on, true and 1 are false. */
export const toBoolean = (value: Value): boolean => {
  const found = value instanceof Hidden ? value.value : value
  if (typeof found === 'string') return trueWords.has(found.toLowerCase())
  if (typeof found === 'boolean') return found
  return found instanceof Num && Number(found.value) === 1
}

const toInteger: Filter = (value, args, { machine }) => {
  const found = machine.reveal(value)
  const other = args.at(0, 'default') ?? new Num(0)
  if (typeof found === 'boolean') return new Num(found ? 1 : 0)
  if (found instanceof Num) {
    const { value: size } = found
    if (typeof size === 'bigint') return new Num(size)
    return Number.isFinite(size) ? integer(BigInt(Math.trunc(size))) : other
  }
  if (typeof found !== 'string') return other
  const base = numberArgument(machine, args, 1, 'base') ?? 10
  const text = found.trim().replaceAll(/(?<=\d)_(?=\d)/g, '')
  if (base !== 10) {
    const [, sign = '', digits = ''] = /^([-+]?)(?:0[xob])?([\da-z]+)$/i.exec(text) ?? []
    const size = Number.parseInt(sign + digits, base)
    const isNumber = Array.from(digits).every((digit) => !Number.isNaN(Number.parseInt(digit, base)))
    return digits === '' || !isNumber || Number.isNaN(size) ? other : new Num(size)
  }
  if (/^[-+]?\d+$/.test(text)) return integer(BigInt(text.replace('+', '')))
  const size = Number(text)
  return text === '' || !Number.isFinite(size) || /^[-+]?0[xob]/i.test(text)
    ? other
    : new Num(Math.trunc(size))
}

const notFinite: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: NaN }

const toFloat: Filter = (value, args, { machine }) => {
  const found = machine.reveal(value)
  const [, sign, word = ''] =
    typeof found === 'string' ? (/^([-+]?)(inf|infinity|nan)$/i.exec(found.trim()) ?? []) : []
  const endless = notFinite[word.toLowerCase()]
  if (endless !== undefined) return new Num(sign === '-' ? -endless : endless, true)
  if (found instanceof Num) return new Num(Number(found.value), true)
  if (typeof found === 'boolean') return new Num(found ? 1 : 0, true)
  const size =
    typeof found === 'string' && found.trim() !== '' && !/^[-+]?0[xob]/i.test(found.trim())
      ? Number(found.replaceAll(/(?<=\d)_(?=\d)/g, ''))
      : NaN
  return Number.isNaN(size) ? (args.at(0, 'default') ?? new Num(0, true)) : new Num(size, true)
}

/** Rounds to even, as Python does. */
const halfToEven = (value: number): number => {
  const low = Math.floor(value)
  const rest = value - low
  if (rest !== 0.5) return Math.round(value)
  return low % 2 === 0 ? low : low + 1
}

const round: Filter = (value, args, { machine }) => {
  const size = numberOf(machine, value, 'round')
  const digits = numberArgument(machine, args, 0, 'precision') ?? 0
  const method = textArgument(machine, args, 1, 'method') ?? 'common'
  if (!['common', 'ceil', 'floor'].includes(method))
    throw new Fault('the method of round is common, ceil or floor', { word: 'round' })
  const scale = 10 ** digits
  if (method === 'ceil') return new Num(Math.ceil(size * scale) / scale, true)
  if (method === 'floor') return new Num(Math.floor(size * scale) / scale, true)
  const given = machine.reveal(value)
  if (digits >= 0 && !(given instanceof Num && given.float)) return integer(BigInt(size))
  if (digits <= 0) return new Num(halfToEven(size * scale) / scale, true)
  return new Num(Number(size.toFixed(Math.min(100, digits))), true)
}

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

const toBytes: Filter = (value, args, { machine }) => {
  const text = machine.text(value)
  const [, digits = '', unit = ''] = /^\s*(\d*\.?\d+)\s*([A-Za-z]*)\s*$/.exec(text) ?? []
  const isBits = flagArgument(args, 1, 'isbits')
  const named = unit === '' ? (textArgument(machine, args, 0, 'default_unit') ?? '') : unit
  const letter = named.charAt(0).toUpperCase()
  const power = letter === 'B' ? 0 : units.indexOf(letter)
  const usual = isBits ? /^(?:bits?|b|[kmgtpezy]b?(?:its?)?)?$/i : /^(?:bytes?|b|[kmgtpezy]b?(?:ytes?)?)?$/i
  // a small b is a bit, a large one a byte
  const isOther = /^[a-z]?[bB]$/i.test(named) && named.length === 2 && named.endsWith(isBits ? 'B' : 'b')
  if (digits === '' || power < 0 || !usual.test(named) || isOther)
    throw new Fault(`human_to_bytes needs a size such as ${isBits ? '10 Mb' : '10 MB'}`, {
      word: 'human_to_bytes',
    })
  return new Num(Math.round(Number(digits) * 1024 ** power))
}

const ternary: Filter = (value, args) => {
  // the one that is not chosen can be undefined
  const [yes, no, none] = [
    needed(args, 0, 'true_val', 'ternary'),
    needed(args, 1, 'false_val', 'ternary'),
    args.at(2, 'none_val'),
  ]
  if (value === null && none !== undefined && none !== null) return none
  return isTrue(value) ? yes : no
}

const mandatory: Filter = (value, args, { machine }) => {
  if (!(value instanceof Undefined)) return value
  throw new Fault(textArgument(machine, args, 0, 'msg') ?? value.message, value, value.at)
}

const types = new Map<string, string>([
  ['text', 'str'],
  ['a boolean', 'bool'],
  ['none', 'NoneType'],
  ['an integer', 'int'],
  ['a float', 'float'],
  ['a list', 'list'],
  ['a map', 'dict'],
])

const lengthOf: Filter = (value, _, { machine }) => {
  const found = machine.reveal(value)
  if (typeof found === 'string') return new Num(Array.from(found).length)
  if (found instanceof List) return new Num(found.items.length)
  if (found instanceof Dict) return new Num(found.entries.size)
  throw new Fault(`${kindOf(found)} has no length`, { word: 'length' })
}

export const numberFilters: Filters = {
  default: takes('default_value boolean', fallback),
  d: takes('default_value boolean', fallback),
  mandatory: takes('msg', mandatory),
  bool: (value) => toBoolean(value),
  int: takes('default base', toInteger),
  float: takes('default', toFloat),
  abs: (value, _, { machine }) => {
    const found = machine.reveal(value)
    const size = numberOf(machine, value, 'abs')
    return found instanceof Num && found.float
      ? new Num(Math.abs(size), true)
      : integer(BigInt(Math.abs(size)))
  },
  round: takes('precision method', round),
  pow: takes(
    'y',
    (value, args, { machine }) =>
      new Num(numberOf(machine, value, 'pow') ** numberOf(machine, needed(args, 0, 'y', 'pow'), 'pow'), true),
  ),
  log: takes('base', (value, args, { machine }) => {
    const base = numberArgument(machine, args, 0, 'base')
    const size = numberOf(machine, value, 'log')
    return new Num(
      base === undefined ? Math.log(size) : base === 10 ? Math.log10(size) : Math.log(size) / Math.log(base),
      true,
    )
  }),
  root: takes('base', (value, args, { machine }) => {
    const base = numberArgument(machine, args, 0, 'base') ?? 2
    const size = numberOf(machine, value, 'root')
    return new Num(base === 2 ? Math.sqrt(size) : size ** (1 / base), true)
  }),
  human_to_bytes: takes('default_unit isbits', toBytes),
  ternary: takes('true_val false_val none_val', ternary),
  length: lengthOf,
  count: lengthOf,
  type_debug: (value) =>
    value instanceof List && value.tuple ? 'tuple' : (types.get(kindOf(value)) ?? 'object'),
}
