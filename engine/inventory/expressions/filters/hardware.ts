/** Filters of hardware addresses. */
import { nearest } from '../../nearest.ts'
import { Fault } from '../fault.ts'
import { needed, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import { integer } from '../operators.ts'
import { takes } from '../signature.ts'
import type { Value } from '../values.ts'
import { addressText, parseAddress } from './addresses.ts'

/** The twelve digits of a hardware address; undefined for another text. */
export const hardwareDigits = (text: string): string | undefined => {
  const lower = text.toLowerCase()
  if (/^[\da-f]{12}$/.test(lower)) return lower
  const [, separator] = /^[\da-f]+([-:.])/.exec(lower) ?? []
  if (separator === undefined) return undefined
  const groups = lower.split(separator)
  const width =
    groups.length === 6 && separator !== '.'
      ? 2
      : groups.length === 3 && separator !== '-'
        ? 4
        : groups.length === 2 && separator !== '.'
          ? 6
          : 0
  if (width === 0 || groups.some((group) => !/^[\da-f]+$/.test(group) || group.length > width))
    return undefined
  return groups.map((group) => group.padStart(width, '0')).join('')
}

const grouped = (digits: string, size: number, separator: string): string =>
  (digits.match(new RegExp(`.{${size}}`, 'g')) ?? []).join(separator)

const queries: Readonly<Record<string, (digits: string, text: string) => Value>> = {
  '': (_, text) => text,
  bare: (digits) => digits.toUpperCase(),
  bool: () => true,
  int: (digits) => integer(BigInt(`0x${digits}`)),
  cisco: (digits) => grouped(digits, 4, '.'),
  eui48: (digits) => grouped(digits, 2, '-').toUpperCase(),
  win: (digits) => grouped(digits, 2, '-').toUpperCase(),
  linux: (digits) => grouped(digits, 2, ':'),
  unix: (digits) => grouped(digits, 2, ':').replaceAll(/(^|:)0/g, '$1'),
  pgsql: (digits) => grouped(digits, 6, ':'),
  postgresql: (digits) => grouped(digits, 6, ':'),
  psql: (digits) => grouped(digits, 6, ':'),
}

const hardware: Filter = (value, args, { machine }) => {
  const name = textArgument(machine, args, 0, 'query') ?? ''
  const query = Object.hasOwn(queries, name) ? queries[name] : undefined
  if (query === undefined) {
    const guess = nearest(name, Object.keys(queries))
    throw new Fault(`hwaddr has no query ${name}`, { word: name, hint: guess && `did you mean ${guess}?` })
  }
  const text = machine.text(value)
  const digits = hardwareDigits(text)
  return digits === undefined ? null : query(digits, text)
}

/** The address that a host gives itself in a network of version 6. */
const slaac: Filter = (value, args, { machine }) => {
  const network = parseAddress(machine.text(value))
  const digits = hardwareDigits(machine.text(needed(args, 0, 'query', 'slaac')))
  if (network?.version !== 6 || digits === undefined) return false
  if (network.prefix === undefined)
    throw new Fault('slaac needs a network of version 6', { word: 'slaac', hint: 'such as 2001:db8::/64' })
  const id = BigInt(`0x${digits.slice(0, 6)}fffe${digits.slice(6)}`) ^ (1n << 57n)
  return addressText(6, ((network.value >> 64n) << 64n) | id)
}

export const hardwareFilters: Filters = {
  hwaddr: takes('query', hardware),
  macaddr: takes('query', hardware),
  slaac: takes('query', slaac),
}
