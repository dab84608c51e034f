import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { canonicalAddress } from '../network/addresses/addresses.ts'
import { countIn, wordsIn } from './reading/values.ts'

const portsFile = shellFile(import.meta.url, 'listening-ports.sh')

/** A port on which a program of a host waits for others. */
export interface ListeningPort {
  readonly protocol: 'tcp' | 'udp'
  /** `0.0.0.0` and `::` are all addresses. */
  readonly address: string
  readonly port: number
  /** The UID of its owner. */
  readonly uid: number | undefined
}

/** The bytes of an address in hexadecimal digits: in words of four bytes, in the order of the machine. */
const bytesOf = (hex: string, little: boolean): number[] =>
  (hex.match(/.{8}/g) ?? []).flatMap((word) => {
    const bytes = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))
    return little ? bytes.toReversed() : bytes
  })

const addressIn = (hex: string, little: boolean): string => {
  const bytes = bytesOf(hex, little)
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0)).toString(16),
  )
  return canonicalAddress(groups.join(':'))
}

/** Parses what listening-ports.sh prints; a port that several sockets share is in the list once. */
export const parsePorts = (text: string): ListeningPort[] => {
  const [order, ...lines] = text.split('\n')
  const found = new Map<string, ListeningPort>()
  for (const line of lines) {
    const [kind, local = '', uid] = wordsIn(line)
    const [, hex, portText] = /^((?:[\dA-Fa-f]{8}){1,4}):([\dA-Fa-f]{1,4})$/.exec(local) ?? []
    const protocol =
      kind === 'tcp' || kind === 'tcp6' ? 'tcp' : kind === 'udp' || kind === 'udp6' ? 'udp' : undefined
    if (protocol === undefined || hex === undefined || portText === undefined) continue
    if (hex.length !== 8 && hex.length !== 32) continue
    const port = Number.parseInt(portText, 16)
    const address = addressIn(hex, order !== 'big')
    // a socket of UDP without a port does not wait for others
    if (port > 0) found.set(`${protocol} ${address} ${port}`, { protocol, address, port, uid: countIn(uid) })
  }
  return [...found.values()].toSorted((a, b) => a.port - b.port)
}

/** Reads on which ports programs of a host wait for others. */
export const listeningPorts = defineTask({
  name: 'listening-ports',
  description: 'Reads on which ports of TCP and UDP programs of a host wait for others.',
  reads: '/proc/net',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const label = 'list the ports in use'
    return ok(parsePorts(await remote.query({ label })`${shellProgram(portsFile)}`.text()))
  },
})
