/** IP addresses and networks, as integers. Pure. */

/** An address with the length of its network's prefix. */
export interface Address {
  readonly version: 4 | 6
  readonly value: bigint
  /** Undefined for an address without a prefix. */
  readonly prefix: number | undefined
  /** The address as it is given, if that is a text or number. */
  readonly written?: string | undefined
}

/** The bits of an address. */
export const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128)

const parse4 = (text: string): bigint | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n)
}

const parse6 = (text: string): bigint | undefined => {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const last = dotted?.[2] === undefined ? undefined : parse4(dotted[2])
  if (dotted !== null && last === undefined) return undefined
  const full =
    last === undefined
      ? text
      : `${dotted?.[1] ?? ''}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`
  const halves = full.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const [head = [], tail = []] = groups
  const count = head.length + tail.length
  if (halves.length === 2 ? count > 7 : count !== 8) return undefined
  const all = [...head, ...Array.from({ length: 8 - count }, () => '0'), ...tail]
  if (all.some((group) => !/^[\da-fA-F]{1,4}$/.test(group))) return undefined
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n)
}

/** The length of the prefix of a netmask; undefined for another address. */
const prefixOfMask = (text: string): number | undefined => {
  const mask = parse4(text)
  if (mask === undefined) return undefined
  const bits = mask.toString(2).padStart(32, '0')
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined
}

/** Reads an address, with or without a prefix: `10.0.0.1/24`, `10.0.0.1/255.255.255.0`, `fe80::1/64`. */
export const parseAddress = (text: string): Address | undefined => {
  const [address = '', prefix, ...more] = text.split('/')
  if (more.length > 0) return undefined
  const four = parse4(address)
  const value = four ?? parse6(address)
  if (value === undefined) return undefined
  const version = four === undefined ? 6 : 4
  if (prefix === undefined) return { version, value, prefix: undefined }
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : version === 4 ? prefixOfMask(prefix) : undefined
  return length === undefined || length > bitsOf(version) ? undefined : { version, value, prefix: length }
}

/** The length of the prefix; of an address without one, all bits. */
export const prefixOf = ({ version, prefix }: Address): number => prefix ?? bitsOf(version)

/** The mask of a prefix. */
export const maskOf = (version: 4 | 6, prefix: number): bigint => {
  const bits = BigInt(bitsOf(version))
  return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(prefix))) - 1n)
}

/** The number of addresses in the network of an address. */
export const sizeOf = (address: Address): bigint => 1n << BigInt(bitsOf(address.version) - prefixOf(address))

/** The first address of the network. */
export const networkOf = (address: Address): bigint =>
  address.value & maskOf(address.version, prefixOf(address))

/** An address as text; that of version 6 in its short form. */
export const addressText = (version: 4 | 6, value: bigint): string => {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  )
  let [start, length] = [0, 0]
  for (let from = 0; from < 8; from += 1) {
    let to = from
    while (groups[to] === '0') to += 1
    if (to - from > length) [start, length] = [from, to - from]
  }
  // an address of version 4 in one of version 6
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 'ffff')))
    return `${length === 6 ? '::' : '::ffff:'}${addressText(4, value & 0xffff_ffffn)}`
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** Whether the network of one contains the other. */
export const holds = (outer: Address, inner: Address): boolean =>
  outer.version === inner.version &&
  prefixOf(inner) >= prefixOf(outer) &&
  networkOf({ ...inner, prefix: prefixOf(outer) }) === networkOf(outer)

const networks = (texts: readonly string[]): readonly Address[] =>
  texts.flatMap((text) => parseAddress(text) ?? [])

/** Networks that are not reached from everywhere (IANA's registries of special-purpose addresses), and those in them that are. */
const privateNetworks = networks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '::/128',
  '::1/128',
  '::ffff:0:0/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
])
const reachedInThem = networks([
  '192.0.0.9/32',
  '192.0.0.10/32',
  '2001:1::1/128',
  '2001:1::2/128',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:20::/28',
  '2001:30::/28',
])
const multicastNetworks = networks(['224.0.0.0/4', 'ff00::/8'])

/** Whether one of the networks has the address, whatever its own prefix. */
const isInOne = (address: Address, all: readonly Address[]): boolean =>
  all.some((network) => holds(network, { ...address, prefix: undefined }))

/** Whether an address is that of a group. */
export const isMulticast = (address: Address): boolean => isInOne(address, multicastNetworks)

/** Whether an address is not reached from everywhere: private, of this host, of this link, for documentation. */
export const isPrivate = (address: Address): boolean =>
  isInOne(address, privateNetworks) && !isInOne(address, reachedInThem)

/** An address of version 4 that one of version 6 contains: `::ffff:10.0.0.1`, `::10.0.0.1`. */
export const asVersion4 = (address: Address): Address | undefined => {
  if (address.version === 4) return address
  const high = address.value >> 32n
  if (high !== 0n && high !== 0xffffn) return undefined
  const prefix = Math.max(0, prefixOf(address) - 96)
  return { version: 4, value: address.value & 0xffff_ffffn, prefix }
}

/** An address of version 6 that contains one of version 4. */
export const asVersion6 = (address: Address): Address =>
  address.version === 6
    ? address
    : { version: 6, value: (0xffffn << 32n) | address.value, prefix: prefixOf(address) + 96 }
