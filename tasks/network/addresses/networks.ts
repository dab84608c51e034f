/** Networks in CIDR notation. Pure. */
import { isIPv4 } from 'node:net'
import { addressOf } from './addresses.ts'

/** A network: its family, the bits of its prefix, and its first address as a number. */
export interface Network {
  readonly text: string
  readonly family: 4 | 6
  readonly bits: number
  readonly first: bigint
}

const size = { 4: 32, 6: 128 } as const

/** An address as a number. */
const numberOf = (text: string): bigint | undefined => {
  if (isIPv4(text)) return BigInt(text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
  const key = addressOf(text)?.key.split('%')[0]
  return key?.split(':').reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

const masked = (value: bigint, bits: number, family: 4 | 6): bigint => {
  const rest = BigInt(size[family] - bits)
  return (value >> rest) << rest
}

/**
 * Reads a network; undefined for a text that is not one.
 *
 * @example
 * networkOf('10.96.0.0/12')?.bits === 12
 */
export const networkOf = (text: string): Network | undefined => {
  const [, address = '', length = ''] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? []
  const family = addressOf(address)?.family
  const value = numberOf(address)
  const bits = Number(length)
  if (family === undefined || value === undefined || bits > size[family]) return undefined
  return { text, family, bits, first: masked(value, bits, family) }
}

/** The networks of a comma-separated list; undefined in place of each text that is not one. */
export const networksOf = (list: string): (Network | undefined)[] => list.split(',').map(networkOf)

/** Whether two networks have addresses in common. */
export const overlap = (one: Network, other: Network): boolean => {
  const bits = Math.min(one.bits, other.bits)
  return (
    one.family === other.family &&
    masked(one.first, bits, one.family) === masked(other.first, bits, one.family)
  )
}

/** Whether an address is in a network; never for a text that is not an address. */
export const contains = (network: Network, address: string): boolean => {
  const own = networkOf(`${address}/${size[network.family]}`)
  return own !== undefined && overlap(network, own)
}

/** Whether all addresses of a network, as a text, are in another one; not for texts that are not networks. */
export const isWithin = (inner: string, outer: string | undefined): boolean => {
  const [one, other] = [networkOf(inner), outer === undefined ? undefined : networkOf(outer)]
  return one !== undefined && other !== undefined && other.bits <= one.bits && overlap(one, other)
}
