/** Settings with addresses, networks and endpoints, compared by their value and not by how they are written. Pure. */
import { addressOf } from './addresses.ts'
import { networkOf } from './networks.ts'

/** One of a list, as a text that is the same for all ways to write it. */
const keyOf = (text: string): string => {
  const network = networkOf(text)
  if (network !== undefined) return `${network.family}:${network.first}/${network.bits}`
  const [, inner = '', port = ''] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? []
  if (inner !== '') return `[${addressOf(inner)?.key ?? inner}]:${port}`
  return addressOf(text)?.key ?? text
}

/** A setting, as a text that is the same for all ways to write it. */
export const valueKey = (text: string): string => text.split(',').map(keyOf).join(',')

/**
 * Whether two settings are the same. The order of a list counts: the first network of two families is the one that matters more.
 *
 * @example
 * isSameValue('[FD00::10]:6443', '[fd00:0::10]:6443') === true
 */
export const isSameValue = (one: string | undefined, other: string | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && valueKey(one) === valueKey(other))
