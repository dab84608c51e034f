/** Reads plain scalars of YAML, both as PyYAML does (YAML 1.1) and as YAML 1.2. Pure. */

/** The value of a scalar. An integer beyond 2^53 is a bigint. */
export type ScalarValue = string | number | bigint | boolean | null | Date

/** A form of scalars, and how to read it. */
interface Form {
  readonly pattern: RegExp
  readonly read: (text: string) => ScalarValue
}

const truth = new Set(['yes', 'true', 'on'])

/** An integer, as a number if that is exact. */
const integerOf = (negative: boolean, size: bigint): number | bigint => {
  const value = negative ? -size : size
  const asNumber = Number(value)
  return Number.isSafeInteger(asNumber) ? asNumber : value
}

const unsigned = (text: string): string => text.replace(/^[-+]/, '')

/** Reads an integer with a prefix and underscores; the prefix is JavaScript's. */
const digitsOf = (prefix: string) => (text: string) =>
  integerOf(
    text.startsWith('-'),
    BigInt(
      `${prefix}${unsigned(text)
        .replace(/^0[bxo]/, '')
        .replaceAll('_', '')}`,
    ),
  )

/** Reads digits of base 60, as in 22:22. */
const sixties = (text: string): bigint =>
  unsigned(text)
    .replaceAll('_', '')
    .split(':')
    .reduce((total, digits) => total * 60n + BigInt(digits), 0n)

const infinity = (text: string): number => (text.startsWith('-') ? -Infinity : Infinity)

const decimal = (text: string): number => Number(text.replaceAll('_', ''))

/** Reads a date or a time, in UTC by default, as PyYAML does. */
const time = (text: string): Date | string => {
  const [, year = '', month = '', day = '', clock = '', fraction = '', zone = ''] =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?:\d\d:\d\d)(\.\d*)?[ \t]*(Z|[-+]\d\d?(?::\d\d)?)?)?$/.exec(
      text,
    ) ?? []
  const two = (digits: string): string => digits.padStart(2, '0')
  const [, sign = '', hours = '', minutes = '00'] = /^([-+])(\d\d?)(?::(\d\d))?$/.exec(zone) ?? []
  const offset = sign === '' ? 'Z' : `${sign}${two(hours)}:${minutes}`
  const at = `T${two(clock === '' ? '00:00:00' : clock.padStart(8, '0'))}${fraction.length > 1 ? fraction : ''}${offset}`
  const date = new Date(`${year}-${two(month)}-${two(day)}${at}`)
  return Number.isNaN(date.getTime()) ? text : date
}

/** PyYAML's resolver of YAML 1.1, which Ansible uses: the first matching form wins. */
const yaml11: readonly Form[] = [
  {
    pattern: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
    read: (text) => truth.has(text.toLowerCase()),
  },
  { pattern: /^(?:~|null|Null|NULL|)$/, read: () => null },
  { pattern: /^(?:[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?)$/, read: decimal },
  {
    pattern: /^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/,
    read: (text) => {
      const [head = '', fraction = ''] = text.replaceAll('_', '').split('.')
      const size = Number(sixties(head)) + Number(`0.${fraction}0`)
      return text.startsWith('-') ? -size : size
    },
  },
  { pattern: /^[-+]?\.(?:inf|Inf|INF)$/, read: infinity },
  { pattern: /^\.(?:nan|NaN|NAN)$/, read: () => NaN },
  { pattern: /^[-+]?0b[01_]*[01][01_]*$/, read: digitsOf('0b') },
  { pattern: /^[-+]?0[0-7_]+$/, read: digitsOf('0o') },
  { pattern: /^[-+]?(?:0|[1-9][\d_]*)$/, read: digitsOf('') },
  { pattern: /^[-+]?0x[\da-fA-F_]*[\da-fA-F][\da-fA-F_]*$/, read: digitsOf('0x') },
  {
    pattern: /^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/,
    read: (text) => integerOf(text.startsWith('-'), sixties(text)),
  },
  {
    pattern:
      /^\d{4}-\d\d-\d\d$|^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/,
    read: time,
  },
]

/** The core schema of YAML 1.2, https://yaml.org/spec/1.2.2/#103-core-schema. */
const yaml12: readonly Form[] = [
  { pattern: /^(?:true|True|TRUE|false|False|FALSE)$/, read: (text) => text.toLowerCase() === 'true' },
  { pattern: /^(?:~|null|Null|NULL|)$/, read: () => null },
  { pattern: /^[-+]?\d+$/, read: digitsOf('') },
  { pattern: /^0o[0-7]+$/, read: digitsOf('0o') },
  { pattern: /^0x[\da-fA-F]+$/, read: digitsOf('0x') },
  { pattern: /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/, read: Number },
  { pattern: /^[-+]?\.(?:inf|Inf|INF)$/, read: infinity },
  { pattern: /^\.(?:nan|NaN|NAN)$/, read: () => NaN },
]

const readWith = (forms: readonly Form[], text: string): ScalarValue => {
  const form = forms.find(({ pattern }) => pattern.test(text))
  return form === undefined ? text : form.read(text)
}

/** Whether two readings are the same value. */
const same = (one: ScalarValue, other: ScalarValue): boolean =>
  one instanceof Date || other instanceof Date ? false : Object.is(one, other)

/** The values of a plain scalar. */
export interface Readings {
  /** The value in Ansible, which reads YAML 1.1. */
  readonly value: ScalarValue
  /** The value in YAML 1.2. */
  readonly other: ScalarValue
  /** Whether the two differ. */
  readonly ambiguous: boolean
}

/**
 * Reads a plain scalar both ways.
 *
 * @example
 * readingsOf('0644')  // { value: 420, other: 644, ambiguous: true }
 * readingsOf('1e3')   // { value: '1e3', other: 1000, ambiguous: true }
 */
export const readingsOf = (text: string): Readings => {
  const [value, other] = [readWith(yaml11, text), readWith(yaml12, text)]
  return { value, other, ambiguous: !same(value, other) }
}

/** The value of a number in JSON. */
export const numberInJson = (text: string): ScalarValue =>
  /^-?\d+$/.test(text) ? digitsOf('')(text) : Number(text)
