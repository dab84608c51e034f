/** What another pod network has left on a host that is not a node: pods would be in that network, in both, or in none. */
import { basename } from 'node:path'
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { devicesOf } from '../reset/devices.ts'
import { isNetwork, networkConfigurations, networkFolder } from './configurations.ts'
import { bridgeDevice, names, networkNamedIn, networkOfDevice } from './known.ts'
import { podNetworkSets } from './other-network.ts'

/** The network that a host is to have: that of a manifest, or that of a cluster. */
export interface OwnNetwork {
  /** As messages name it. */
  readonly name: string
  /** Whether a file in the folder of configurations is its own. */
  readonly hasFile: (file: { readonly name: string; readonly network: string | undefined }) => boolean
  /** Whether it is, or contains, a known network. */
  readonly has: (network: string) => boolean
}

/** The network of a manifest, which names its own files. */
export const ofManifest = (manifest: string, text: string): OwnNetwork => ({
  name: `the manifest ${manifest}`,
  hasFile: ({ name }) => text.includes(name),
  has: (network) => names(text, network),
})

/**
 * The network of a cluster, with what a control-plane node has of it; undefined if no DaemonSet installs one, or there is no cluster yet.
 *
 * @param via a control-plane node.
 */
export const ofCluster = async (via: CheckContext): Promise<OwnNetwork | undefined> => {
  if (!(await via.remote.exists(adminConf))) return undefined
  const sets = await podNetworkSets(via)
  if (sets.length === 0) return undefined
  const [files, devices] = await Promise.all([via.remote.list(networkFolder), devicesOf(via)])
  const has = (network: string): boolean =>
    sets.some((set) => names(set, network)) || devices.some((device) => networkOfDevice(device) === network)
  return {
    name: `the cluster (DaemonSet ${sets.join(', ')})`,
    hasFile: ({ name, network }) =>
      (files ?? []).includes(name) || (network !== undefined && sets.some((set) => names(set, network))),
    has,
  }
}

/** What other networks have on a host, in words; empty if there is nothing of them. */
export interface Remains {
  readonly files: readonly string[]
  readonly devices: readonly string[]
}

/** A file of a host's container runtime, with the known network that it is of. */
const fileOf = async ({ remote }: CheckContext, path: string) => {
  const text = (await remote.read(path)) ?? ''
  return { path, name: basename(path), network: networkNamedIn(basename(path)) ?? networkNamedIn(text) }
}

/** Everything that pod networks have left on a host: whose it is, is not judged. */
export const readRemains = async (ctx: CheckContext) => {
  const [paths, devices] = await Promise.all([networkConfigurations(ctx), devicesOf(ctx)])
  return {
    files: await Promise.all(paths.filter(isNetwork).map((path) => fileOf(ctx, path))),
    devices: devices.filter((one) => one === bridgeDevice || networkOfDevice(one) !== undefined),
  }
}

/**
 * What is of another network than the wanted one.
 *
 * A bridge is of another one in any case: it has the address of a former node's pods, and the CNI plugin does not change it.
 */
export const remainsOfOthers = (
  { files, devices }: Awaited<ReturnType<typeof readRemains>>,
  own: OwnNetwork,
): Remains => ({
  files: files.filter((file) => !own.hasFile(file)).map(({ path }) => path),
  devices: devices.filter((device) => {
    const network = networkOfDevice(device)
    return network === undefined || !own.has(network)
  }),
})

const labelled = (path: string, network: string | undefined): string =>
  network === undefined ? path : `${path} of ${network}`

/** What was found, in words: with the network where it is known. */
export const remainsInWords = ({ files, devices }: Remains): string[] => [
  ...files.map((path) => labelled(path, networkNamedIn(basename(path)))),
  ...devices.map((device) => labelled(`the network device ${device}`, networkOfDevice(device))),
]

/** How they are removed from a host. */
export const removal = ({ files, devices }: Remains): string =>
  [
    ...(files.length === 0 ? [] : [`rm ${files.join(' ')}`]),
    ...devices.map((device) => `ip link delete ${device}`),
  ].join('; ')

/** @throws `task-failed` naming what other networks than the wanted one have left on a host that is to join. */
export const refuseRemains = async (ctx: CheckContext, own: () => Promise<OwnNetwork | undefined>) => {
  const there = await readRemains(ctx)
  if (there.files.length + there.devices.length === 0) return
  const wanted = await own()
  if (wanted === undefined) return
  const found = remainsOfOthers(there, wanted)
  const words = remainsInWords(found)
  if (words.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${ctx.host.name} has a pod network that is not of ${wanted.name}: ${words.join(', ')}`,
    {
      hint: `if a former cluster has left it, run on ${ctx.host.name}: ${removal(found)}; nothing was changed`,
    },
  )
}
