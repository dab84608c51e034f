/** What a pod network leaves on a host, by the name of the network. */
import type { CheckContext } from '../../../engine/index.ts'
import { devicesOfNetworks } from '../reset/devices.ts'
import { networkRules } from '../reset/rules.ts'
import { networkConfigurations } from './configurations.ts'
import { basename } from 'node:path'

/**
 * Folders of a network alone. `/var/lib/cni` has also what other programs with CNI plugins keep, so only the parts of flannel are named.
 */
const folders: Readonly<Record<string, readonly string[]>> = {
  flannel: ['/run/flannel', '/var/lib/cni/flannel', '/var/lib/cni/networks/cbr0'],
  calico: ['/var/lib/calico', '/run/calico'],
  cilium: ['/run/cilium'],
}

/** What is on a host. */
export interface Leftovers {
  readonly files: readonly string[]
  readonly folders: readonly string[]
  readonly devices: readonly string[]
  /** Kinds of firewall rules, in words. */
  readonly rules: readonly string[]
}

/** What was applied, as the record has it. */
interface Applied {
  readonly files: readonly string[]
  readonly networks: readonly string[]
}

/** What a network has left on a host; files below `/etc/cni/net.d` only under the names that its manifest has. */
export const leftoversOf = async (ctx: CheckContext, { files, networks }: Applied): Promise<Leftovers> => {
  const paths = networks.flatMap((name) => folders[name] ?? [])
  const [configurations, devices, rules, there] = await Promise.all([
    networkConfigurations(ctx),
    devicesOfNetworks(ctx, networks),
    networkRules(ctx),
    Promise.all(paths.map((path) => ctx.remote.exists(path))),
  ])
  return {
    files: configurations.filter((path) => files.includes(basename(path))),
    folders: paths.filter((_, index) => there[index]),
    devices,
    rules,
  }
}
