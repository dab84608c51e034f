/** Values of system variables of MySQL and MariaDB, as servers show them and as option files and SQL take them. Pure. */
import { SqlText, my } from '../sql/sql-text.ts'

const factors = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const
const isUnit = (letter: string): letter is keyof typeof factors => letter in factors

/** A number with one of the units K, M, G and T as a number of bytes; other text as it is. */
const plain = (value: string): string => {
  const [, digits, unit = ''] = /^(\d+)([KMGT])$/i.exec(value) ?? []
  const letter = unit.toUpperCase()
  return digits !== undefined && isUnit(letter) ? String(BigInt(digits) * BigInt(factors[letter])) : value
}

const isNumber = (value: string): boolean => /^-?\d+(?:\.\d+)?$/.test(value)

/** A number without zeros that mean nothing. It stays text: servers have 64 bits for integers, more than a number here. */
const shortNumber = (text: string): string => {
  const [, sign = '', digits = '', part = ''] = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text) ?? []
  return `${sign}${digits}${part === '' ? '' : `.${part}`}`
}

/** Words, or a list of them, with values as in optimizer_switch: what enumerations and sets consist of. */
const isWords = (text: string): boolean => /^[\w-]+(?:=\w+)?(?:,[\w-]+(?:=\w+)?)*$/.test(text)

/** A value in the form in which values are compared. Only words can be of any case: paths, and text with blanks, are exact. */
const compared = (value: string): string => {
  const text = plain(value.trim())
  if (/^(?:on|true|yes)$/i.test(text)) return '1'
  if (/^(?:off|false|no)$/i.test(text)) return '0'
  if (isNumber(text)) return shortNumber(text)
  return isWords(text) ? text.toLowerCase() : text
}

/** Whether two values mean the same: `ON` and `1`, `16M` and `16777216`. */
export const sameValue = (one: string | undefined, other: string): boolean =>
  one !== undefined && compared(one) === compared(other)

/** A value in SQL: numbers without quotes, which servers insist on. */
export const sqlValue = (value: string): SqlText => {
  const text = plain(value.trim())
  return isNumber(text) ? new SqlText(text, false) : my`${text}`
}

/** A value in an option file. */
export const fileValue = (value: string): string =>
  /^[\w.,:/@+-]*$/.test(value) ? value : `"${value.replaceAll('\\', '\\\\')}"`

/** The last value that `my_print_defaults` prints for a variable, whose name can have dashes there. */
export const defaultIn = (text: string, name: string): string | undefined => {
  const wanted = name.replaceAll('-', '_').toLowerCase()
  const values = text.split('\n').flatMap((line) => {
    const [, option, value] = /^--(?:loose[-_])?([\w-]+)(?:=(.*))?$/.exec(line) ?? []
    return option?.replaceAll('-', '_').toLowerCase() === wanted ? [value ?? 'ON'] : []
  })
  return values.at(-1)
}
