/** Network devices that kube-proxy and pod networks create. */
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { bridgeDevice, networkOfDevice } from '../networks/known.ts'

/** Those of kube-proxy in mode ipvs, and of node-local DNS. */
const others: ReadonlySet<string> = new Set(['kube-ipvs0', 'nodelocaldns'])

/** Whether a network device is one of a pod network or of kube-proxy. */
export const isPodDevice = (name: string): boolean =>
  name === bridgeDevice || others.has(name) || networkOfDevice(name) !== undefined

/** The network devices of a host. */
export const devicesOf = async ({ remote }: CheckContext): Promise<string[]> =>
  (await remote.list('/sys/class/net')) ?? []

/** The devices of pod networks and of kube-proxy on a host. */
export const podDevices = async (ctx: CheckContext): Promise<string[]> =>
  (await devicesOf(ctx)).filter(isPodDevice)

/** The devices of some pod networks on a host; the bridge is that of flannel. */
export const devicesOfNetworks = async (ctx: CheckContext, networks: readonly string[]): Promise<string[]> =>
  (await devicesOf(ctx)).filter((device) => {
    const network = device === bridgeDevice ? 'flannel' : networkOfDevice(device)
    return network !== undefined && networks.includes(network)
  })

/** Removes devices, and reports what it leaves: a port of Open vSwitch cannot be removed so. The second end of a pair goes with the first. */
export const removeDevices = async (ctx: ApplyContext, devices: readonly string[]): Promise<void> => {
  for (const name of devices) {
    const { ok, stderr } = await ctx.remote.run({
      label: `ip link delete ${name}`,
    })`[ ! -e ${`/sys/class/net/${name}`} ] || ip link delete ${name}`.result()
    if (!ok) ctx.log(`left on ${ctx.host.name}: the network device ${name}: ${stderr.trim()}`)
  }
}

/** Removes the devices of pod networks and of kube-proxy. */
export const removePodDevices = async (ctx: ApplyContext): Promise<void> =>
  removeDevices(ctx, await podDevices(ctx))
