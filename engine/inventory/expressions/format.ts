/** Formats texts with values, as `%` and `format` do in Python. */
import { Fault } from './fault.ts'
import type { Machine } from './machine.ts'
import { pythonRepr } from './python-text.ts'
import { Dict, List, Num } from './values.ts'
import type { Value } from './values.ts'

/** The most characters of one formatted value. */
const widest = 1000

/** The flags, width and precision of `%-5.2f`, and its letter. */
interface Conversion {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly letter: string
}

const numberIn = (machine: Machine, value: Value, letter: string): number | bigint => {
  const found = machine.reveal(value)
  if (typeof found === 'boolean') return found ? 1 : 0
  if (found instanceof Num) return found.value
  throw new Fault(`%${letter} needs a number`)
}

const padded = (text: string, { flags, width }: Conversion): string => {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0')) return text.padStart(width)
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

const converted = (machine: Machine, value: Value, conversion: Conversion): string => {
  const { letter, precision, flags } = conversion
  if (letter === 's' || letter === 'r') {
    const text = letter === 's' ? machine.text(value) : pythonRepr(value, (one) => machine.reveal(one))
    const cut = precision === undefined ? text : text.slice(0, precision)
    return padded(cut, { ...conversion, flags: flags.replace('0', '') })
  }
  const number = numberIn(machine, value, letter)
  const plus = flags.includes('+') && number >= 0 ? '+' : ''
  if (letter === 'f' || letter === 'F')
    return padded(plus + Number(number).toFixed(precision ?? 6), conversion)
  if (letter === 'e' || letter === 'g') {
    if (letter === 'e') {
      const text = Number(number).toExponential(precision ?? 6)
      return padded(plus + text.replace(/e([-+])(\d)$/, 'e$10$2'), conversion)
    }
    return padded(plus + String(Number(Number(number).toPrecision(precision ?? 6))), conversion)
  }
  const integer = typeof number === 'bigint' ? number : BigInt(Math.trunc(number))
  const base = { x: 16, X: 16, o: 8 }[letter] ?? 10
  const digits = integer.toString(base)
  return padded(plus + (letter === 'X' ? digits.toUpperCase() : digits), conversion)
}

/**
 * A text with `%s`, `%d`, `%.2f` … replaced by values, `%(name)s` by the entries of a map.
 *
 * @param container the value after `%` itself, which can be a map.
 */
export const formatPercent = (
  machine: Machine,
  format: string,
  values: readonly Value[],
  container?: Value,
): string => {
  let used = 0
  const text = format.replaceAll(
    /%(?:\((\w+)\))?([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%]?)/g,
    (
      all,
      name: string | undefined,
      flags: string,
      width: string,
      precision: string | undefined,
      letter: string,
    ) => {
      if (letter === '%') return '%'
      if (!/^[srdifFeguxXo]$/.test(letter)) throw new Fault(`the format ${all} is not supported`)
      const conversion = {
        flags,
        width: Number(width),
        precision: precision === undefined ? undefined : Number(precision),
        letter,
      }
      if (conversion.width > widest || (conversion.precision ?? 0) > 100)
        throw new Fault(`a format can be at most ${widest} wide, with 100 digits`)
      const value =
        name === undefined ? values[used++] : container instanceof Dict ? container.get(name) : undefined
      if (value === undefined)
        throw new Fault(`the format has more parts than values: ${all} does not have one`)
      return converted(machine, value, conversion)
    },
  )
  const isContainer = container instanceof Dict || (container instanceof List && !container.tuple)
  if (used < values.length && !isContainer) throw new Fault('there are more values than parts in the format')
  return text
}

/** A text with `{}`, `{0}` and `{name}` replaced by values. */
export const formatBraces = (
  machine: Machine,
  format: string,
  at: (key: string | number) => Value | undefined,
): string => {
  let used = 0
  return format.replaceAll(/\{\{|\}\}|\{([^{}]*)\}/g, (all, inner: string | undefined) => {
    if (inner === undefined) return all.charAt(0)
    if (!/^\w*$/.test(inner)) throw new Fault(`the format ${all} is not supported: write {}, {0} or {name}`)
    const key = inner === '' ? used++ : /^\d+$/.test(inner) ? Number(inner) : inner
    const value = at(key)
    if (value === undefined)
      throw new Fault(`the format has more parts than values: ${all} does not have one`)
    return machine.text(value)
  })
}
