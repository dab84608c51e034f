/** Formats texts with values, as `str.format` does in Python: `{}`, `{0:05d}`, `{name[key]!r:>8}`. */
import { Fault } from './fault.ts'
import { asciiRepr, checkSize, floatDigits, integerDigits } from './format.ts'
import type { Machine } from './machine.ts'
import { floatText, pythonRepr } from './python-text.ts'
import { Dict, List, Num, force } from './values.ts'
import type { Value } from './values.ts'

/** What follows the colon. */
interface Specification {
  readonly fill: string
  readonly align: string
  readonly sign: string
  readonly alternate: boolean
  readonly width: number
  readonly grouping: string
  readonly precision: number | undefined
  readonly type: string
}

const form = /^(?:(.)?([<>=^]))?([-+ ]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/su

const specificationOf = (written: string): Specification => {
  const found = form.exec(written)
  if (found === null) throw new Fault(`the format {:${written}} is malformed`)
  const [, fill, align, sign = '', alternate, zero, width = '', grouping = '', precision, type = ''] = found
  const specification = {
    fill: fill ?? (zero === '0' ? '0' : ' '),
    align: align ?? (zero === '0' ? '0' : ''),
    sign,
    alternate: alternate === '#',
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  }
  checkSize(specification.width, specification.precision)
  return specification
}

/** Digits in groups, and zeros before them up to a width. */
const grouped = (digits: string, { grouping, type }: Specification, width: number): string => {
  if (grouping === '') return digits.padStart(width, '0')
  const size = /[xXob]/.test(type) ? 4 : 3
  const [, entire = '', rest = ''] = /^([\da-fA-F]*)([^]*)$/.exec(digits) ?? []
  const inGroups = (text: string): string => {
    const first = text.length % size
    const parts = first === 0 ? [] : [text.slice(0, first)]
    for (let at = first; at < text.length; at += size) parts.push(text.slice(at, at + size))
    return parts.join(grouping)
  }
  let padded = entire
  while (inGroups(padded).length + rest.length < width) padded = `0${padded}`
  return inGroups(padded) + rest
}

const aligned = (text: string, { fill, align, width }: Specification, usual: '<' | '>'): string => {
  const space = Math.max(0, width - Array.from(text).length)
  const where = align === '' || align === '0' || align === '=' ? usual : align
  const left = where === '>' ? space : where === '^' ? Math.floor(space / 2) : 0
  return fill.repeat(left) + text + fill.repeat(space - left)
}

const number = (start: string, digits: string, specification: Specification): string => {
  const { fill, align, width } = specification
  if (align !== '0' && align !== '=')
    return aligned(start + grouped(digits, specification, 0), specification, '>')
  if (fill === '0') return start + grouped(digits, specification, width - start.length)
  const text = grouped(digits, specification, 0)
  return start + fill.repeat(Math.max(0, width - start.length - text.length)) + text
}

const signOf = (isNegative: boolean, { sign }: Specification): string =>
  isNegative ? '-' : sign === '-' ? '' : sign

const formatInteger = (size: bigint, specification: Specification): string => {
  const { type, alternate, precision } = specification
  if (precision !== undefined) throw new Fault('an integer has no precision in a format')
  if (type === 'c') return aligned(String.fromCodePoint(Number(size)), specification, '<')
  const { prefix, digits } = integerDigits(size < 0n ? -size : size, type)
  return number(signOf(size < 0n, specification) + (alternate ? prefix : ''), digits, specification)
}

const formatFloat = (size: number, specification: Specification): string => {
  const { type, alternate, precision } = specification
  const plain = Math.abs(size)
  const digits = (): string => {
    if (type === '%') return `${floatDigits(plain * 100, 'f', precision ?? 6, alternate)}%`
    if (type !== '' && type !== 'n') return floatDigits(plain, type, precision ?? 6, alternate)
    if (type === 'n') return floatDigits(plain, 'g', precision ?? 6, alternate)
    if (precision === undefined) return floatText(plain)
    const text = floatDigits(plain, 'g', precision, alternate)
    if (!/^\d+$/.test(text)) return text
    if (text.length < precision) return `${text}.0`
    return floatDigits(plain, 'e', Math.max(0, precision - 1), alternate).replace(/\.?0+(?=e)/, '')
  }
  return number(signOf(size < 0 || Object.is(size, -0), specification), digits(), specification)
}

const formatNumber = ({ value, float }: Num, specification: Specification): string => {
  const { type } = specification
  if (/^[eEfFgG%]$/.test(type) || float) {
    if (type !== '' && !/^[eEfFgGn%]$/.test(type)) throw new Fault(`the format :${type} needs an integer`)
    return formatFloat(Number(value), specification)
  }
  if (!/^[bcdoxXn]?$/.test(type)) throw new Fault(`the format :${type} is not for an integer`)
  return formatInteger(BigInt(value), specification)
}

const formatted = (machine: Machine, value: Value, written: string): string => {
  if (written === '') return machine.text(value)
  const found = machine.reveal(value)
  const specification = specificationOf(written)
  if (typeof found === 'boolean') return formatNumber(new Num(found ? 1 : 0), specification)
  if (found instanceof Num) return formatNumber(found, specification)
  if (typeof found !== 'string') throw new Fault(`the format :${written} needs text or a number`)
  const { type, align, sign, alternate, grouping, precision } = specification
  if ((type !== '' && type !== 's') || align === '=' || sign !== '' || alternate || grouping !== '')
    throw new Fault(`the format :${written} is for a number, not for text`)
  const cut = precision === undefined ? found : Array.from(found).slice(0, precision).join('')
  return aligned(cut, specification, '<')
}

/** An entry of a value: `[key]` or `[0]`. */
const entryOf = (machine: Machine, value: Value, key: string): Value => {
  const found = machine.reveal(value)
  const item =
    found instanceof Dict
      ? found.entries.get(key)
      : found instanceof List && /^\d+$/.test(key)
        ? found.items[Number(key)]
        : undefined
  if (item === undefined) throw new Fault(`a value of the format has no ${key}`, { word: key })
  return force(item)
}

/** Gives a value of the arguments: by its position or name. */
type Give = (key: string | number) => Value | undefined

/** Formats one text; the specification of a part can have parts itself. */
class BraceFormatter {
  readonly #machine: Machine
  readonly #give: Give
  #used = 0
  #numbered: 'by itself' | 'by hand' | undefined

  constructor(machine: Machine, give: Give) {
    this.#machine = machine
    this.#give = give
  }

  #key(written: string): string | number {
    if (written !== '' && !/^\d+$/.test(written)) return written
    const how = written === '' ? 'by itself' : 'by hand'
    this.#numbered ??= how
    if (this.#numbered !== how) throw new Fault('a format has {} or {0}, not both')
    return written === '' ? this.#used++ : Number(written)
  }

  #part(inner: string, deep: boolean): string {
    const found = /^([^!:[\].]*)((?:\[[^\]]+\])*)(?:!([rsa]))?(?::([^]*))?$/.exec(inner)
    if (found === null) throw new Fault(`the format {${inner}} is malformed`)
    const [, key = '', path = '', conversion, written = ''] = found
    const first = this.#give(this.#key(key))
    if (first === undefined)
      throw new Fault(`the format has more parts than values: {${inner}} does not have one`)
    const machine = this.#machine
    const value = Array.from(path.matchAll(/\[([^\]]+)\]/g)).reduce<Value>(
      (one, [, entry = '']) => entryOf(machine, one, entry),
      first,
    )
    const shown =
      conversion === undefined
        ? value
        : conversion === 's'
          ? machine.text(value)
          : conversion === 'a'
            ? asciiRepr(machine, value)
            : pythonRepr(value, (one) => machine.reveal(one))
    if (written.includes('{') && deep) throw new Fault('the parts of a format are nested too deeply')
    return formatted(machine, shown, written.includes('{') ? this.text(written, true) : written)
  }

  /** A text with its parts replaced. */
  text(format: string, deep = false): string {
    return format.replaceAll(
      /\{\{|\}\}|\{((?:[^{}]|\{[^{}]*\})*)\}|[{}]/g,
      (all, inner: string | undefined) => {
        if (inner !== undefined) return this.#part(inner, deep)
        if (all.length === 2) return all.charAt(0)
        throw new Fault(`the format has a single ${all}: write ${all}${all} for the character`)
      },
    )
  }
}

/** A text with `{}`, `{0}`, `{name}`, `{name[key]:>5}` … replaced by values. */
export const formatBraces = (machine: Machine, format: string, give: Give): string =>
  new BraceFormatter(machine, give).text(format)
