/** Addresses that other hosts cannot use to reach a host. Pure. */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** What an address is that is not one of a host, with its networks. */
const kinds = {
  'a loopback address': ['127.0.0.0/8', '::1/128'],
  'not the address of one host': ['0.0.0.0/8', '::/128', '240.0.0.0/4'],
  'a multicast address': ['224.0.0.0/4', 'ff00::/8'],
  'a link-local address': ['169.254.0.0/16', 'fe80::/10'],
} as const

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list
}

const lists = Object.entries(kinds).map(([kind, networks]) => [kind, listOf(networks)] as const)

/** Why other hosts cannot reach a host at an address; undefined for one that they can, and for a text that is not an address. */
export const unusableBecause = (text: string): string | undefined => {
  const address = text.replace(/%.*$/, '')
  if (!isIPv4(address) && !isIPv6(address)) return undefined
  return lists.find(([, list]) => list.check(address, familyOf(address)))?.[0]
}
