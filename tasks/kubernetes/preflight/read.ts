/** Reads what a host is before kubeadm runs on it, in one round trip. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { countIn, rowsIn, textIn } from '../../facts/reading/values.ts'
import { configRefusals } from '../kubeadm/judge-config.ts'
import { hostOf, portOf } from '../kubeadm/settings.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { certificatesIn } from '../cluster-state/certificates.ts'
import { addressOf } from '../../network/addresses/addresses.ts'
import { noOtherNetworks, readOtherNetworks } from './other-networks.ts'
import type { WantedNetwork } from './other-networks.ts'
import { certificateOrigins } from './types.ts'
import type { EndpointState, PeerState, PreflightState } from './types.ts'

const program = shellFile(import.meta.url, 'read-host.sh')

/** A host that must be reached. */
export interface Peer {
  readonly name: string
  readonly address: string
}

/** Ports of a control plane that its nodes must reach: etcd's clients and members, API server, kubelet. */
export const peerPorts = (apiPort: number): readonly number[] => [2379, 2380, apiPort, 10250]

type Rows = readonly (readonly string[])[]

const allOf = (rows: Rows, kind: string): (readonly string[])[] =>
  rows.filter(([first]) => first === kind).map((row) => row.slice(1))

const oneOf = (rows: Rows, kind: string): string | undefined => textIn(allOf(rows, kind)[0]?.[0])

const kibibytes = (text: string | undefined): number | undefined => {
  const count = countIn(text)
  return count === undefined ? undefined : Math.floor(count / 1024)
}

const pairs = (rows: Rows, kind: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    allOf(rows, kind).flatMap(([name = '', value]) => {
      const text = textIn(value)
      return text === undefined ? [] : [[name, text]]
    }),
  )

const peersIn = (rows: Rows): PeerState[] =>
  allOf(rows, 'peer').map(([name = '', address = '', port = '', answer = '']) => ({
    name,
    address: address.replaceAll(/[[\]]/g, ''),
    port: Number(port),
    answer,
  }))

const isAddress = (text: string): boolean => addressOf(text) !== undefined

const endpointIn = (rows: Rows): EndpointState | undefined => {
  const [answer, said] = allOf(rows, 'endpoint')[0] ?? []
  if (answer === undefined) return undefined
  return {
    addresses:
      oneOf(rows, 'resolver') === undefined
        ? allOf(rows, 'resolves').flatMap(([address = '']) => (isAddress(address) ? [address] : []))
        : undefined,
    answer,
    certificate: certificateOrigins.find((one) => one === said),
  }
}

/**
 * Parses what read-host.sh prints. What does not have the expected form is left out.
 *
 * @param times when it was asked and when it had answered, in seconds since 1970 by the clock of this machine.
 * @param asked whether other hosts were to be reached.
 */
export const preflightStateIn = (
  printed: string,
  { sent, received }: { readonly sent: number; readonly received: number },
  asked: boolean,
): PreflightState => {
  const rows = rowsIn(printed)
  const own = countIn(oneOf(rows, 'clock'))
  const clock = own ?? Math.floor(received)
  const peers = peersIn(rows)
  return {
    // a clock in full seconds is up to one second further
    ahead: own === undefined ? undefined : { least: own - received, most: own + 1 - sent },
    clock,
    hostname: oneOf(rows, 'hostname') ?? '',
    machineId: oneOf(rows, 'machine-id'),
    productUuid: oneOf(rows, 'product-uuid')?.toLowerCase(),
    macs: allOf(rows, 'mac').flatMap(([mac]) => textIn(mac) ?? []),
    cpus: countIn(oneOf(rows, 'cpus')) ?? 0,
    memoryMiB: kibibytes(oneOf(rows, 'memory')) ?? 0,
    swapMiB: kibibytes(oneOf(rows, 'swap')) ?? 0,
    cgroup: oneOf(rows, 'cgroup') === '2' ? '2' : '1',
    freeMiB: kibibytes(oneOf(rows, 'free')),
    programs: pairs(rows, 'program'),
    modules: allOf(rows, 'module').flatMap(([name]) => textIn(name) ?? []),
    sysctls: pairs(rows, 'sysctl'),
    traces: allOf(rows, 'trace').flatMap(([path]) => textIn(path) ?? []),
    certificates: certificatesIn(rows, clock),
    containerd: pairs(rows, 'runtime'),
    routes: allOf(rows, 'route').map(([network = '', device = '']) => ({ network, device })),
    ownAddresses: allOf(rows, 'own')
      .map(([network = '']) => network.replace(/\/.*$/, ''))
      .filter(isAddress),
    endpoint: endpointIn(rows),
    peers: asked && peers.length === 0 ? undefined : peers,
    refusals: [],
    otherNetworks: noOtherNetworks,
  }
}

const hostAndPort = (endpoint: string | undefined): readonly string[] =>
  endpoint === undefined ? [] : [hostOf(endpoint), portOf(endpoint)]

/** What to ask a host. */
export interface PreflightQuery {
  /** The control-plane nodes that it must reach; itself is left out. */
  readonly peers: readonly Peer[]
  readonly apiPort: number
  /** Where etcd's data will be. */
  readonly data: string
  /** The endpoint of the cluster, as host:port; undefined if it is not asked. */
  readonly endpoint: string | undefined
  /** The kubeadm configuration; undefined if it is not judged. */
  readonly configuration: { readonly version: string; readonly documents: readonly Document[] } | undefined
  /** The wanted pod network; undefined if others are not looked for. */
  readonly network: WantedNetwork | undefined
}

/** Reads what a host is before kubeadm runs on it. */
export const readPreflight = async (
  ctx: CheckContext,
  { peers, apiPort, data, endpoint, configuration, network }: PreflightQuery,
): Promise<PreflightState> => {
  const { remote, host } = ctx
  const others = peers.filter(({ name }) => name !== host.name)
  const targets = others.flatMap(({ name, address }) =>
    peerPorts(apiPort).map((port) => `${name} ${address} ${port}`),
  )
  const sent = Date.now() / 1000
  const [text, refusals, otherNetworks] = await Promise.all([
    remote.query({
      timeout: 60,
      label: 'read what kubeadm needs of the host',
    })`${shellProgram(program, data, targets.join('\n'), ...hostAndPort(endpoint))}`.text(),
    configuration === undefined ? [] : configRefusals(ctx, configuration),
    readOtherNetworks(ctx, network),
  ])
  return {
    ...preflightStateIn(text, { sent, received: Date.now() / 1000 }, targets.length > 0),
    refusals,
    otherNetworks,
  }
}
