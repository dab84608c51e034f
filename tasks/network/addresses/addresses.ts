/** IP addresses by their value, not by how they are written. Pure. */
import { isIPv4, isIPv6 } from 'node:net'

/** The eight groups of an IPv6 address that is one. */
const groupsOf = (address: string): readonly number[] => {
  // the last 32 bits may be written as IPv4
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [head = '', tail] = text.split('::')
  const numbers = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  if (tail === undefined) return numbers(head)
  const [before, after] = [numbers(head), numbers(tail)]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

/** An address read: its family, and a text that is the same for all ways to write it. */
export interface Address {
  readonly family: 4 | 6
  readonly key: string
}

/**
 * Reads an address; undefined for what is none. The zone of a link-local one is part of its value.
 *
 * @example
 * addressOf('0:0:0:0:0:0:0:1')?.key === addressOf('::1')?.key
 */
export const addressOf = (text: string): Address | undefined => {
  if (isIPv4(text)) return { family: 4, key: text }
  // Node compiles a long expression for its first test: not for names, which a start reads many of
  if (!text.includes(':') || !isIPv6(text)) return undefined
  const [address = '', zone] = text.split('%')
  const groups = groupsOf(address).map((group) => group.toString(16))
  return { family: 6, key: `${groups.join(':')}${zone === undefined ? '' : `%${zone}`}` }
}

/**
 * Whether an address is one of IPv4 written as IPv6 (`::ffff:10.0.0.11`). Programs treat it as either, so nothing is set to one.
 *
 * @example
 * isMapped('::ffff:10.0.0.11') === true
 */
export const isMapped = (text: string): boolean => addressOf(text)?.key.startsWith('0:0:0:0:0:ffff:') === true

/**
 * The address in the form that Go programs print (RFC 5952); other texts unchanged.
 *
 * @example
 * canonicalAddress('FD00:0:0:0:0:0:0:0B') === 'fd00::b'
 */
export const canonicalAddress = (text: string): string =>
  addressOf(text)?.family === 6 && !text.includes('%')
    ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
    : text

/** An address or name as URLs and `host:port` have it: IPv6 in brackets. */
export const hostInUrl = (host: string): string =>
  addressOf(host)?.family === 6 ? `[${canonicalAddress(host)}]` : host
