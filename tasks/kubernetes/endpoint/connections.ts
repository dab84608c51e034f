/** Connections of a host to endpoints, from what the kernel says of them. Pure. */
import { addressOf } from '../../network/addresses/addresses.ts'
import { hostOf, portOf } from '../kubeadm/settings.ts'

/** The port of an endpoint as the kernel writes it. */
export const hexPort = (endpoint: string): string =>
  Number(portOf(endpoint)).toString(16).toUpperCase().padStart(4, '0')

/** The bytes of an address as the kernel writes it: words of four bytes, the last byte first. */
const bytesIn = (hex: string): number[] =>
  (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed(),
  )

/** An address as text; one of IPv4 in IPv6 as that of IPv4. */
const textOf = (hex: string): string => {
  const bytes = bytesIn(hex)
  if (bytes.length === 4) return bytes.join('.')
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  if (mapped) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  )
  return groups.join(':')
}

/** The addresses of an endpoint, by what endpoint-connections.sh has printed. */
const keysOf = (endpoint: string, output: string): ReadonlySet<string> => {
  const host = hostOf(endpoint)
  const own = addressOf(host)?.key
  if (own !== undefined) return new Set([own])
  return new Set(
    output.split('\n').flatMap((line) => {
      const [name, address = ''] = line.split('\t')
      return name === host ? (addressOf(address)?.key ?? []) : []
    }),
  )
}

/** How many connections lead to each endpoint, by what endpoint-connections.sh has printed. */
export const connectionsTo = (endpoints: readonly string[], output: string): ReadonlyMap<string, number> => {
  const there = output.split('\n').flatMap((line) => {
    const [, hex = '', port = ''] = /^([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4})$/.exec(line) ?? []
    return hex === '' ? [] : [{ key: addressOf(textOf(hex))?.key ?? '', port }]
  })
  return new Map(
    endpoints.map((endpoint) => {
      const keys = keysOf(endpoint, output)
      return [endpoint, there.filter(({ key, port }) => keys.has(key) && port === hexPort(endpoint)).length]
    }),
  )
}

/** The endpoints that lead to the same address and port as another one: their connections look the same. */
export const sameAs = (endpoints: readonly string[], other: string, output: string): string[] => {
  const others = keysOf(other, output)
  return endpoints.filter(
    (one) => portOf(one) === portOf(other) && [...keysOf(one, output)].some((key) => others.has(key)),
  )
}
