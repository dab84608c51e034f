/** The interfaces, addresses and default routes of a host. */
import { isIP } from 'node:net'
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'
import { countIn, textIn, wordsIn } from './values.ts'

const networkFile = shellFile(import.meta.url, 'network.sh')

/** An address of a host. */
export interface HostAddress {
  readonly address: string
  readonly family: 4 | 6
  /** Bits of the prefix of its network. */
  readonly prefix: number
  /** `global`, `link` (valid on its network alone) or `host` (of the loopback). */
  readonly scope: string
  /** The name of its interface. */
  readonly device: string
  /** Whether it is one that lasts: not a temporary, deprecated or duplicate one of IPv6. */
  readonly lasting: boolean
}

/** An interface, without its addresses. */
export interface Link {
  readonly name: string
  /** Its hardware address. */
  readonly mac: string | undefined
  readonly mtu: number | undefined
  readonly up: boolean
  /** `physical` if it belongs to a device, as in a virtual machine too. */
  readonly kind: 'physical' | 'virtual' | 'loopback'
}

/** A default route. */
export interface DefaultRoute {
  readonly family: 4 | 6
  readonly gateway: string | undefined
  readonly device: string
  /** The address that it sends from, if the route says so. */
  readonly source: string | undefined
  readonly metric: number
}

export interface Network {
  readonly links: readonly Link[]
  readonly addresses: readonly HostAddress[]
  /** The preferred one first. */
  readonly routes: readonly DefaultRoute[]
}

/** The word after a word. */
const after = (words: readonly string[], word: string): string | undefined => {
  const at = words.indexOf(word)
  return at < 0 ? undefined : words[at + 1]
}

const linkIn = (line: string): Link | undefined => {
  const [, name, mac, mtu, state, type, device] = line.split('\t')
  if (name === undefined || name === '') return undefined
  return {
    name,
    mac: textIn(mac),
    mtu: countIn(mtu),
    // the loopback, and tunnels, do not say
    up: state === 'up' || state === 'unknown',
    kind: type === '772' ? 'loopback' : device === 'device' ? 'physical' : 'virtual',
  }
}

/** A line of `ip -o addr`: `2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0`. */
const addressIn = (line: string): HostAddress | undefined => {
  const words = wordsIn(line)
  const [, device = '', inet, cidr = ''] = words
  if (inet !== 'inet' && inet !== 'inet6') return undefined
  const [address = '', bits] = cidr.split('/')
  const family = isIP(address)
  // an address of one host, such as that of a tunnel, is without a prefix
  const prefix = countIn(bits ?? (family === 4 ? '32' : '128'))
  if ((family !== 4 && family !== 6) || prefix === undefined) return undefined
  const lasting = !['temporary', 'deprecated', 'dadfailed', 'tentative'].some((flag) => words.includes(flag))
  return {
    address,
    family,
    prefix,
    scope: after(words, 'scope') ?? 'global',
    // of a VLAN or a pair of interfaces: eth0.5@eth0
    device: device.split('@')[0]?.replace(/:$/, '') ?? '',
    lasting,
  }
}

/** A line of `ip route`: `default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.2 metric 100`. */
const routeIn = (line: string, family: 4 | 6): DefaultRoute | undefined => {
  const words = wordsIn(line)
  const device = after(words, 'dev')
  if (words[0] !== 'default' || device === undefined) return undefined
  const gateway = after(words, 'via')
  const gatewayAddress = gateway === 'inet6' ? after(words, 'inet6') : gateway
  return {
    family,
    gateway: isIP(gatewayAddress ?? '') === 0 ? undefined : gatewayAddress,
    device,
    source: after(words, 'src'),
    metric: countIn(after(words, 'metric')) ?? 0,
  }
}

/** Parses what network.sh prints. */
export const parseNetwork = (text: string): Network => {
  const links: Link[] = []
  const addresses: HostAddress[] = []
  const routes: DefaultRoute[] = []
  let part = 'links'
  for (const line of text.split('\n')) {
    if (line === 'addresses' || line === 'routes 4' || line === 'routes 6') part = line
    else if (part === 'links') {
      const link = line.startsWith('link\t') ? linkIn(line) : undefined
      if (link !== undefined) links.push(link)
    } else if (part === 'addresses') {
      const address = addressIn(line)
      if (address !== undefined) addresses.push(address)
    } else {
      const route = routeIn(line, part === 'routes 4' ? 4 : 6)
      if (route !== undefined) routes.push(route)
    }
  }
  return { links, addresses, routes: routes.toSorted((a, b) => a.metric - b.metric) }
}

/** @throws `task-failed` if the host does not have `ip`. */
export const readNetwork = async (remote: RemoteReader): Promise<Network> => {
  const command = remote.query({ label: 'read the network' })`${shellProgram(networkFile)}`
  const { code, ok, stdout } = await command.result()
  if (code === 101)
    throw new CoxswainError('task-failed', 'the host does not have the program ip', {
      hint: 'install the package iproute2 (iproute on Red Hat)',
    })
  if (!ok) await command
  return parseNetwork(stdout)
}
