/** `ipaddr` and its siblings, in their common forms. */
import { nearest } from '../../nearest.ts'
import { Fault } from '../fault.ts'
import { listOf, needed, numberOf, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { List, Num } from '../values.ts'
import type { Args, Value } from '../values.ts'
import { integer } from '../operators.ts'
import {
  addressText,
  bitsOf,
  holds,
  isPrivate,
  maskOf,
  networkOf,
  parseAddress,
  prefixOf,
  sizeOf,
} from './addresses.ts'
import type { Address } from './addresses.ts'

/** What a query gives; false for an address that it leaves out. */
type Query = (address: Address) => string | number | bigint | false

const withPrefix = (address: Address, value: bigint): string =>
  `${addressText(address.version, value)}/${prefixOf(address)}`

const textOf = (address: Address): string =>
  address.prefix === undefined
    ? addressText(address.version, address.value)
    : withPrefix(address, address.value)

const lastOf = (address: Address): bigint => networkOf(address) + sizeOf(address) - 1n

/** Whether an address is that of its network, not of a host in it. */
const isNetwork = (address: Address): boolean =>
  address.value === networkOf(address) && sizeOf(address) > 1n && address.prefix !== undefined

/** The first and last address for hosts. */
const usable = (address: Address): readonly [bigint, bigint] =>
  sizeOf(address) <= 2n
    ? [networkOf(address), lastOf(address)]
    : [networkOf(address) + 1n, lastOf(address) - 1n]

const reversed = ({ version, value }: Address): string => {
  if (version === 4) return `${addressText(4, value).split('.').toReversed().join('.')}.in-addr.arpa.`
  return `${Array.from(value.toString(16).padStart(32, '0')).toReversed().join('.')}.ip6.arpa.`
}

const isIn = (address: Address, networks: readonly string[]): boolean =>
  networks.some((text) => {
    const network = parseAddress(text)
    return network !== undefined && holds(network, address)
  })

const queries: Readonly<Record<string, Query>> = {
  '': textOf,
  address: (one) => (isNetwork(one) ? false : addressText(one.version, one.value)),
  ip: (one) => addressText(one.version, one.value),
  host: (one) => (isNetwork(one) ? false : withPrefix(one, one.value)),
  'host/prefix': (one) => (isNetwork(one) ? false : withPrefix(one, one.value)),
  'address/prefix': (one) => (isNetwork(one) ? false : withPrefix(one, one.value)),
  'network/prefix': (one) => withPrefix(one, networkOf(one)),
  subnet: (one) => withPrefix(one, networkOf(one)),
  net: (one) => (isNetwork(one) ? withPrefix(one, networkOf(one)) : false),
  network: (one) => addressText(one.version, networkOf(one)),
  network_id: (one) => addressText(one.version, networkOf(one)),
  netmask: (one) => addressText(one.version, maskOf(one.version, prefixOf(one))),
  hostmask: (one) => addressText(one.version, sizeOf(one) - 1n),
  wildcard: (one) => addressText(one.version, sizeOf(one) - 1n),
  network_netmask: (one) =>
    `${addressText(one.version, networkOf(one))} ${addressText(one.version, maskOf(one.version, prefixOf(one)))}`,
  prefix: (one) => prefixOf(one),
  size: (one) => sizeOf(one),
  broadcast: (one) => (sizeOf(one) > 2n ? addressText(one.version, lastOf(one)) : false),
  first_usable: (one) => addressText(one.version, usable(one)[0]),
  last_usable: (one) => addressText(one.version, usable(one)[1]),
  range_usable: (one) =>
    usable(one)
      .map((value) => addressText(one.version, value))
      .join('-'),
  version: (one) => one.version,
  type: (one) => (isNetwork(one) ? 'network' : 'address'),
  int: (one) => one.value,
  bool: (one) => textOf(one),
  ipv4: (one) => one.version === 4 && textOf(one),
  ipv6: (one) => one.version === 6 && textOf(one),
  private: (one) => isPrivate(one) && textOf(one),
  public: (one) => !isPrivate(one) && textOf(one),
  'link-local': (one) => isIn(one, ['169.254.0.0/16', 'fe80::/10']) && textOf(one),
  loopback: (one) => isIn(one, ['127.0.0.0/8', '::1/128']) && textOf(one),
  multicast: (one) => isIn(one, ['224.0.0.0/4', 'ff00::/8']) && textOf(one),
  revdns: reversed,
  wrap: (one) => (one.version === 6 ? `[${addressText(6, one.value)}]` : textOf(one)),
}

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
      const found = nth(one, position)
      return found === undefined ? false : withPrefix(one, found)
    }
  const name = given === undefined || given === null ? '' : machine.text(given)
  const query = Object.hasOwn(queries, name) ? queries[name] : undefined
  if (query !== undefined) return query
  const network = parseAddress(name)
  if (network !== undefined) return (one) => holds(network, one) && textOf(one)
  const guess = nearest(name, Object.keys(queries))
  throw new Fault(`ipaddr has no query ${name}`, { word: name, hint: guess && `did you mean ${guess}?` })
}

const valueOf = (found: string | number | bigint): Value =>
  typeof found === 'string' ? found : typeof found === 'number' ? new Num(found) : integer(found)

/** An address of a value; undefined for another value. */
const addressIn = (machine: Machine, value: Value): Address | undefined => {
  const found = machine.reveal(value)
  if (found instanceof Num && !found.float) {
    const number = BigInt(found.value)
    return number < 0n || number >= 1n << 128n
      ? undefined
      : { version: number < 1n << 32n ? 4 : 6, value: number, prefix: undefined }
  }
  return typeof found === 'string' ? parseAddress(found) : undefined
}

/** The result of a query for an address or for each of a list; what is left out is false, or not in the list. */
const query =
  (version?: 4 | 6): Filter =>
  (value, args, { machine }) => {
    const ask = queryOf(machine, args)
    const one = (item: Value): Value => {
      const address = addressIn(machine, item)
      if (address === undefined || (version !== undefined && address.version !== version)) return false
      const found = ask(address)
      return found === false ? false : valueOf(found)
    }
    const found = machine.reveal(value)
    if (!(found instanceof List)) return one(value)
    return machine.list(
      listOf(machine, value, 'ipaddr')
        .map(one)
        .filter((item) => item !== false),
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

/** The number of subnets of a size, or the one at a position. */
const subnet: Filter = (value, args, { machine }) => {
  const address = addressNeeded(machine, value, 'ipsubnet')
  const size = textArgument(machine, args, 0, 'query')
  if (size === undefined) return withPrefix(address, networkOf(address))
  const prefix = Number(size.replace(/^\//, ''))
  if (!Number.isInteger(prefix) || prefix > bitsOf(address.version) || prefix < 0)
    throw new Fault('ipsubnet needs the length of a prefix', { word: 'ipsubnet' })
  const index = args.at(1, 'index')
  if (prefix < prefixOf(address))
    return `${addressText(address.version, networkOf({ ...address, prefix }))}/${prefix}`
  const count = 1n << BigInt(prefix - prefixOf(address))
  if (index === undefined) return String(count)
  const given = BigInt(numberOf(machine, index, 'ipsubnet'))
  const at = given < 0n ? count + given : given
  if (at < 0n || at >= count) return false
  const step = 1n << BigInt(bitsOf(address.version) - prefix)
  return `${addressText(address.version, networkOf(address) + at * step)}/${prefix}`
}

export const networkFilters: Filters = {
  ipaddr: query(),
  ipv4: query(4),
  ipv6: query(6),
  ipwrap: (value, _, { machine }) => {
    const address = addressIn(machine, value)
    return address?.version === 6
      ? `[${addressText(6, address.value)}]${address.prefix === undefined ? '' : `/${address.prefix}`}`
      : value
  },
  nthhost: nthHost,
  ipmath: ipMath,
  ipsubnet: subnet,
}
