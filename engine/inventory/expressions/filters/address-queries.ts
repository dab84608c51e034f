/** The queries of `ipaddr`. Pure. */
import { Fault } from '../fault.ts'
import {
  addressText,
  asVersion4,
  asVersion6,
  holds,
  isMulticast,
  isPrivate,
  maskOf,
  networkOf,
  parseAddress,
  prefixOf,
  sizeOf,
} from './addresses.ts'
import type { Address } from './addresses.ts'

/** What a query gives: none for an address that it leaves out, false for one that it cannot convert. */
export type Query = (address: Address) => string | number | bigint | boolean | null

/** An address with the length of a prefix. */
export const withPrefix = (address: Address, value: bigint): string =>
  `${addressText(address.version, value)}/${prefixOf(address)}`

/** An address as text, with its prefix if it has one. */
export const textOf = (address: Address): string =>
  address.prefix === undefined
    ? addressText(address.version, address.value)
    : withPrefix(address, address.value)

const lastOf = (address: Address): bigint => networkOf(address) + sizeOf(address) - 1n

const shown = ({ version }: Address, value: bigint): string => addressText(version, value)

const maskText = (one: Address): string => shown(one, maskOf(one.version, prefixOf(one)))

/** Whether an address is that of its network, not of a host in it. */
const isNetwork = (address: Address): boolean =>
  address.value === networkOf(address) && sizeOf(address) > 1n && address.prefix !== undefined

/** Whether no host has the address: it is that of a network of more than two. */
const isOnlyNetwork = (address: Address): boolean => isNetwork(address) && sizeOf(address) > 2n

/** Whether it is the address of a host with the network that it is in. */
const isHostInNetwork = (address: Address): boolean => !isOnlyNetwork(address) && sizeOf(address) > 1n

/** An address as it is given. */
export const writtenText = (address: Address): string => address.written ?? textOf(address)

/** The first and last address for hosts; none for the address of one host. */
export const usableEnds = (address: Address): readonly [bigint, bigint] | undefined => {
  if (address.prefix === undefined)
    throw new Fault(`${textOf(address)} is an address without a network`, {
      word: 'ipaddr',
      hint: 'give it the length of its prefix, such as 10.0.0.1/24',
    })
  if (sizeOf(address) === 1n) return undefined
  return sizeOf(address) === 2n
    ? [networkOf(address), lastOf(address)]
    : [networkOf(address) + 1n, lastOf(address) - 1n]
}

/** The address beside it, if hosts can have it. */
const beside =
  (by: bigint): Query =>
  (one) => {
    const ends = usableEnds(one)
    const value = one.value + by
    return ends !== undefined && value >= ends[0] && value <= ends[1] ? shown(one, value) : null
  }

/** The other end of a link: of two addresses, or of the two in the middle of four. */
const peer: Query = (one) => {
  const size = sizeOf(one)
  const at = one.value - networkOf(one)
  if (size === 2n) return shown(one, networkOf(one) + 1n - at)
  if (size === 4n && at > 0n && at < 3n) return shown(one, networkOf(one) + 3n - at)
  throw new Fault(`${textOf(one)} has no peer: it is not of a network of two or four addresses`, {
    word: 'peer',
  })
}

const reversed = ({ version, value }: Address): string => {
  if (version === 4) return `${addressText(4, value).split('.').toReversed().join('.')}.in-addr.arpa.`
  return `${Array.from(value.toString(16).padStart(32, '0')).toReversed().join('.')}.ip6.arpa.`
}

const isIn = (address: Address, networks: readonly string[]): boolean =>
  networks.some((text) => {
    const network = parseAddress(text)
    return network !== undefined && holds(network, address)
  })

/** The address if it passes. */
const where =
  (passes: (address: Address) => boolean): Query =>
  (one) =>
    passes(one) ? writtenText(one) : null

const isLoopback = (one: Address): boolean => isIn(one, ['127.0.0.0/8', '::1/128'])

const hostInNetwork: Query = (one) => (isOnlyNetwork(one) ? null : withPrefix(one, one.value))

const hostOnly: Query = (one) => !isOnlyNetwork(one) && withPrefix(one, one.value)

/** The address alone; that of a network of version 4 is none. */
const addressOnly: Query = (one) => (one.version === 4 && isOnlyNetwork(one) ? null : shown(one, one.value))

/** The network of version 6 for an address of version 4 that is reached from everywhere, or is private. */
const sixToFour: Query = (one) => {
  if (one.version === 6) return isIn(one, ['2002::/16']) && writtenText(one)
  if (isNetwork(one) || isMulticast(one)) return false
  return of4(one, (four) => `2002:${four}::1/48`)
}

const of4 = (one: Address, make: (four: string) => string): string | boolean =>
  one.version === 4 &&
  make(
    one.value
      .toString(16)
      .padStart(8, '0')
      .replace(/(.{4})/, '$1:'),
  )

/** The queries by name. */
export const addressQueries: Readonly<Record<string, Query>> = {
  '': textOf,
  address: addressOnly,
  ip: addressOnly,
  host: hostInNetwork,
  hostnet: hostOnly,
  'host/prefix': hostOnly,
  'address/prefix': hostOnly,
  gateway: hostOnly,
  gw: hostOnly,
  router: hostOnly,
  'ip/prefix': (one) => (isHostInNetwork(one) ? withPrefix(one, one.value) : null),
  ip_netmask: (one) => (isHostInNetwork(one) ? `${shown(one, one.value)} ${maskText(one)}` : null),
  cidr: (one) => withPrefix(one, one.value),
  'network/prefix': (one) => withPrefix(one, networkOf(one)),
  subnet: (one) => withPrefix(one, networkOf(one)),
  net: (one) => (isNetwork(one) ? withPrefix(one, networkOf(one)) : null),
  network: (one) => shown(one, networkOf(one)),
  network_id: (one) => shown(one, networkOf(one)),
  netmask: maskText,
  hostmask: (one) => shown(one, sizeOf(one) - 1n),
  wildcard: (one) => shown(one, sizeOf(one) - 1n),
  network_netmask: (one) => `${shown(one, networkOf(one))} ${maskText(one)}`,
  network_wildcard: (one) => `${shown(one, networkOf(one))} ${shown(one, sizeOf(one) - 1n)}`,
  prefix: prefixOf,
  size: sizeOf,
  size_usable: (one) => {
    const size = sizeOf(one)
    return size === 1n ? 0 : size === 2n ? 2 : size - 2n
  },
  broadcast: (one) => (sizeOf(one) > 2n ? shown(one, lastOf(one)) : null),
  first_usable: (one) => {
    const found = usableEnds(one)
    return found === undefined ? null : shown(one, found[0])
  },
  last_usable: (one) => {
    const found = usableEnds(one)
    return found === undefined ? null : shown(one, found[1])
  },
  range_usable: (one) =>
    usableEnds(one)
      ?.map((value) => shown(one, value))
      .join('-') ?? null,
  next_usable: beside(1n),
  previous_usable: beside(-1n),
  peer,
  version: ({ version }) => version,
  type: (one) => (isNetwork(one) ? 'network' : 'address'),
  int: (one) => (one.prefix === undefined ? one.value : `${one.value}/${one.prefix}`),
  bool: () => true,
  ipv4: (one) => {
    if (one.version === 4) return writtenText(one)
    const four = asVersion4(one)
    return four !== undefined && textOf(four)
  },
  ipv6: (one) => (one.version === 6 ? writtenText(one) : textOf(asVersion6(one))),
  '6to4': sixToFour,
  private: where(isPrivate),
  public: where((one) => !isPrivate(one) && !isMulticast(one)),
  unicast: where((one) => !isMulticast(one)),
  multicast: where(isMulticast),
  'link-local': where((one) => isIn(one, ['169.254.0.0/16', 'fe80::/10'])),
  loopback: where(isLoopback),
  lo: where(isLoopback),
  revdns: reversed,
  wrap: (one) => {
    if (one.version === 4) return writtenText(one)
    return `[${addressText(6, one.value)}]${one.prefix === undefined ? '' : `/${one.prefix}`}`
  },
}
