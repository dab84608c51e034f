/** Formats texts with values, as `%` does in Python. */
import { Fault } from './fault.ts'
import type { Machine } from './machine.ts'
import { exponentText, fixedText, generalText } from './python-number.ts'
import { pythonRepr } from './python-text.ts'
import { Dict, List, Num } from './values.ts'
import type { Value } from './values.ts'

/** The most characters of one formatted value, and digits after the point. */
const [widest, mostDigits] = [1000, 100]

/** The flags, width and precision of `%-5.2f`, and its letter. */
interface Conversion {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly letter: string
}

const numberIn = (machine: Machine, value: Value, letter: string): Num => {
  const found = machine.reveal(value)
  if (typeof found === 'boolean') return new Num(found ? 1 : 0)
  if (found instanceof Num) return found
  throw new Fault(`%${letter} needs a number`)
}

const padded = (text: string, { flags, width }: Conversion): string => {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0')) return text.padStart(width)
  const start = /^[-+ ]?(?:0[xXo])?/.exec(text)?.[0] ?? ''
  return start + text.slice(start.length).padStart(width - start.length, '0')
}

const signOf = (isNegative: boolean, flags: string): string =>
  isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''

/** Checks the width and precision of a format. */
export const checkSize = (width: number, precision: number | undefined): void => {
  if (width > widest || (precision ?? 0) > mostDigits)
    throw new Fault(`a format can be at most ${widest} wide, with ${mostDigits} digits`)
}

/** A float that is not below 0, by a letter of `eEfFgG`. */
export const floatDigits = (size: number, letter: string, precision: number, entire: boolean): string => {
  const small = letter.toLowerCase()
  const make = small === 'f' ? fixedText : small === 'e' ? exponentText : generalText
  const text = make(size, precision, entire)
  return letter === small ? text : text.toUpperCase()
}

/** The prefix of a base, and the digits of an integer that is not below 0. */
export const integerDigits = (
  size: bigint,
  letter: string,
): { readonly prefix: string; readonly digits: string } => {
  const base = { x: 16, X: 16, o: 8, b: 2 }[letter] ?? 10
  const digits = size.toString(base)
  return { prefix: base === 10 ? '' : `0${letter}`, digits: letter === 'X' ? digits.toUpperCase() : digits }
}

const asInteger = (found: Num, conversion: Conversion): string => {
  const { letter, precision = 0, flags } = conversion
  if (found.float && /[xXo]/.test(letter)) throw new Fault(`%${letter} needs an integer, not a float`)
  const { value } = found
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Fault(`%${letter} needs a finite number`)
  const integer = typeof value === 'bigint' ? value : BigInt(Math.trunc(value))
  const { prefix, digits } = integerDigits(integer < 0n ? -integer : integer, letter)
  const sign = signOf(integer < 0n, flags)
  return padded(`${sign}${flags.includes('#') ? prefix : ''}${digits.padStart(precision, '0')}`, conversion)
}

const asCharacter = (machine: Machine, value: Value): string => {
  const found = machine.reveal(value)
  if (typeof found === 'string' && Array.from(found).length === 1) return found
  const code = found instanceof Num && !found.float ? Number(found.value) : -1
  if (code >= 0 && code <= 0x10_ff_ff) return String.fromCodePoint(code)
  throw new Fault('%c needs one character')
}

/** A value as Python code, with ASCII alone. */
export const asciiRepr = (machine: Machine, value: Value): string =>
  pythonRepr(value, (one) => machine.reveal(one)).replaceAll(/[^\p{ASCII}]/gu, (letter) => {
    const code = letter.codePointAt(0) ?? 0
    const hex = code.toString(16)
    if (code < 0x1_00) return `\\x${hex.padStart(2, '0')}`
    return code < 0x1_00_00 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  })

const asText = (machine: Machine, value: Value, letter: string): string => {
  if (letter === 'c') return asCharacter(machine, value)
  if (letter === 's') return machine.text(value)
  return letter === 'a' ? asciiRepr(machine, value) : pythonRepr(value, (one) => machine.reveal(one))
}

const converted = (machine: Machine, value: Value, conversion: Conversion): string => {
  const { letter, precision, flags } = conversion
  if (/[srac]/.test(letter)) {
    const text = asText(machine, value, letter)
    const cut =
      precision === undefined || letter === 'c' ? text : Array.from(text).slice(0, precision).join('')
    return padded(cut, { ...conversion, flags: flags.replaceAll('0', '') })
  }
  const found = numberIn(machine, value, letter)
  if (/[diuxXo]/.test(letter)) return asInteger(found, conversion)
  const size = Number(found.value)
  const sign = signOf(size < 0 || Object.is(size, -0), flags)
  return padded(
    sign + floatDigits(Math.abs(size), letter, precision ?? 6, flags.includes('#')),
    Number.isFinite(size) ? conversion : { ...conversion, flags: flags.replaceAll('0', '') },
  )
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
  const next = (all: string): Value => {
    const value = values[used++]
    if (value !== undefined) return value
    throw new Fault(`the format has more parts than values: ${all} does not have one`)
  }
  const sizeOf = (all: string, written: string): number => {
    if (written !== '*') return Number(written)
    const { value, float } = numberIn(machine, next(all), '*')
    if (float) throw new Fault('%* needs an integer, not a float')
    return Number(value)
  }
  const text = format.replaceAll(
    /%(?:\(([^)]*)\))?([-+ 0#]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?([a-zA-Z%]?)/g,
    (
      all,
      name: string | undefined,
      flags: string,
      width: string,
      precision: string | undefined,
      letter: string,
    ) => {
      if (all === '%%') return '%'
      if (!/^[sracdiuxXoeEfFgG]$/.test(letter)) throw new Fault(`the format ${all} is not supported`)
      const wide = sizeOf(all, width)
      const conversion = {
        flags: wide < 0 ? `${flags}-` : flags,
        width: Math.abs(wide),
        precision: precision === undefined ? undefined : Math.max(0, sizeOf(all, precision)),
        letter,
      }
      checkSize(conversion.width, conversion.precision)
      if (name === undefined) return converted(machine, next(all), conversion)
      const value = container instanceof Dict ? container.get(name) : undefined
      if (value === undefined)
        throw new Fault(`the format has more parts than values: ${all} does not have one`)
      return converted(machine, value, conversion)
    },
  )
  const isContainer = container instanceof Dict || (container instanceof List && !container.tuple)
  if (used < values.length && !isContainer) throw new Fault('there are more values than parts in the format')
  return text
}
