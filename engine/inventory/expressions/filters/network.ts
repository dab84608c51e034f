/** `ipaddr` and its siblings, in their common forms. */
import { nearest } from '../../nearest.ts'
import { Fault } from '../fault.ts'
import { listOf, needed, numberArgument, numberOf, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { List, Num } from '../values.ts'
import type { Args, Value } from '../values.ts'
import { takes } from '../signature.ts'
import { integer } from '../operators.ts'
import { addressQueries, textOf, withPrefix } from './address-queries.ts'
import type { Query } from './address-queries.ts'
import { addressText, bitsOf, holds, networkOf, parseAddress, prefixOf, sizeOf } from './addresses.ts'
import type { Address } from './addresses.ts'

/** The address at a position of the network, from its end for one below 0. */
const nth = (address: Address, at: number): bigint | undefined => {
  const position = at < 0 ? sizeOf(address) + BigInt(at) : BigInt(at)
  return position < 0n || position >= sizeOf(address) ? undefined : networkOf(address) + position
}

const queryOf = (machine: Machine, args: Args): Query => {
  const given = args.at(0, 'query')
  const digits = given instanceof Num ? String(given.value) : typeof given === 'string' ? given : ''
  const position = /^-?\d+$/.test(digits) ? Number(digits) : undefined
  if (position !== undefined)
    return (one) => {
      // an address without a network has no positions
      if (sizeOf(one) === 1n) return textOf(one)
      const found = nth(one, position)
      return found === undefined ? false : withPrefix(one, found)
    }
  const name = given === undefined || given === null ? '' : machine.text(given)
  const query = Object.hasOwn(addressQueries, name) ? addressQueries[name] : undefined
  if (query !== undefined) return query
  const network = parseAddress(name)
  if (network !== undefined) return (one) => (holds(network, one) ? textOf(one) : null)
  const guess = nearest(name, Object.keys(addressQueries))
  throw new Fault(`ipaddr has no query ${name}`, { word: name, hint: guess && `did you mean ${guess}?` })
}

const valueOf = (found: ReturnType<Query>): Value => {
  if (typeof found === 'number') return new Num(found)
  return typeof found === 'bigint' ? integer(found) : found
}

/** An address of a value; undefined for another value. */
const addressIn = (machine: Machine, value: Value): Address | undefined => {
  const found = machine.reveal(value)
  if (found instanceof Num && !found.float) {
    const number = BigInt(found.value)
    if (number < 0n || number >= 1n << 128n) return undefined
    const version = number < 1n << 32n ? 4 : 6
    const written = `${addressText(version, number)}/${bitsOf(version)}`
    return { version, value: number, prefix: undefined, written }
  }
  if (typeof found !== 'string') return undefined
  const address = parseAddress(found)
  return address && { ...address, written: found }
}

/** The result of a query for an address or for each of a list: another value than an address gives false, an address that the query leaves out gives none; neither is in the list. */
const query =
  (family?: 4 | 6): Filter =>
  (value, args, { machine }) => {
    const version = family ?? numberArgument(machine, args, 1, 'version')
    const ask = queryOf(machine, args)
    const one = (item: Value): Value => {
      const address = addressIn(machine, item)
      if (address === undefined || (version !== undefined && address.version !== version)) return false
      return valueOf(ask(address))
    }
    const found = machine.reveal(value)
    if (found === null) throw new Fault('ipaddr needs an address, not none', { word: 'ipaddr' })
    if (!(found instanceof List)) return one(value)
    return machine.list(
      listOf(machine, value, 'ipaddr')
        .map(one)
        .filter((item) => item !== false && item !== null),
    )
  }

const addressNeeded = (machine: Machine, value: Value, what: string): Address => {
  const address = addressIn(machine, value)
  if (address !== undefined) return address
  throw new Fault(`${what} needs an address or a network`, { word: what })
}

const nthHost: Filter = (value, args, { machine }) => {
  const address = addressNeeded(machine, value, 'nthhost')
  const found = nth(address, numberOf(machine, needed(args, 0, 'query', 'nthhost'), 'nthhost'))
  return found === undefined ? false : addressText(address.version, found)
}

const ipMath: Filter = (value, args, { machine }) => {
  const address = addressNeeded(machine, value, 'ipmath')
  const moved = address.value + BigInt(numberOf(machine, needed(args, 0, 'amount', 'ipmath'), 'ipmath'))
  if (moved < 0n || moved >= 1n << BigInt(bitsOf(address.version)))
    throw new Fault('ipmath leaves the range of addresses', { word: 'ipmath' })
  return addressText(address.version, moved)
}

/** The position of a network among those of its size in another one, from 1 on. */
const positionIn = (outer: Address, inner: Address): string => {
  if (!holds(outer, inner))
    throw new Fault(`${textOf(inner)} is not in ${textOf(outer)}`, { word: 'ipsubnet' })
  return String((networkOf(inner) - networkOf(outer)) / sizeOf(inner) + 1n)
}

/** A larger network of an address: the one with the prefix, or one of those between the two, by its position. */
const larger = (address: Address, prefix: number, index: number): string | false => {
  const own = prefixOf(address)
  const at = prefix + (index < 0 ? own - prefix + index : index)
  if (at < prefix || at >= own || (address.prefix !== undefined && index !== 0)) return false
  return `${addressText(address.version, networkOf({ ...address, prefix: at }))}/${at}`
}

/** The number of subnets of a size, or the one at a position. */
const subnet: Filter = (value, args, { machine }) => {
  const address = addressNeeded(machine, value, 'ipsubnet')
  const size = textArgument(machine, args, 0, 'query')
  if (size === undefined) return withPrefix(address, networkOf(address))
  const outer = size.includes('.') || size.includes(':') ? parseAddress(size) : undefined
  if (outer !== undefined) return positionIn(outer, address)
  const prefix = Number(size.replace(/^\//, ''))
  if (!Number.isInteger(prefix) || prefix > bitsOf(address.version) || prefix < 0)
    throw new Fault('ipsubnet needs the length of a prefix, or a network', { word: 'ipsubnet' })
  const given = args.at(1, 'index')
  const index = given === undefined ? undefined : numberOf(machine, given, 'ipsubnet')
  if (prefix < prefixOf(address)) {
    if (index === undefined && address.prefix !== undefined)
      throw new Fault(`${textOf(address)} has no subnets with the prefix ${prefix}`, { word: 'ipsubnet' })
    return larger(address, prefix, index ?? 0)
  }
  if (prefix === bitsOf(address.version) && prefix === prefixOf(address))
    throw new Fault(`${textOf(address)} is one address, without subnets`, { word: 'ipsubnet' })
  const count = 1n << BigInt(prefix - prefixOf(address))
  if (index === undefined) return String(count)
  const at = index < 0 ? count + BigInt(index) : BigInt(index)
  if (at < 0n || at >= count) return false
  const step = 1n << BigInt(bitsOf(address.version) - prefix)
  return `${addressText(address.version, networkOf(address) + at * step)}/${prefix}`
}

/** An address of version 6 in brackets; anything else as it is. */
const wrapped = (machine: Machine, value: Value): Value => {
  const address = addressIn(machine, value)
  if (address?.version !== 6) return value
  return `[${addressText(6, address.value)}]${address.prefix === undefined ? '' : `/${address.prefix}`}`
}

const wrap: Filter = (value, args, { machine }) => {
  // Ansible takes a query, and ignores it
  if ((args.at(0, 'query') ?? '') !== '')
    throw new Fault('ipwrap takes no query', { word: 'ipwrap', hint: 'use ipaddr or ipv6 before it' })
  return machine.reveal(value) instanceof List
    ? machine.list(listOf(machine, value, 'ipwrap').map((item) => wrapped(machine, item)))
    : wrapped(machine, value)
}

export const networkFilters: Filters = {
  ipaddr: takes('query version', query()),
  ipv4: takes('query', query(4)),
  ipv6: takes('query', query(6)),
  ipwrap: takes('query', wrap),
  nthhost: takes('query', nthHost),
  ipmath: takes('amount', ipMath),
  ipsubnet: takes('query index', subnet),
}
