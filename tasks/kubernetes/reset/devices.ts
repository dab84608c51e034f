/** Network devices that kube-proxy and pod networks create. */
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

const names = [
  // bridge, flannel
  /^cni0$/,
  /^flannel(\.\d+|\.ipip|-v6\.\d+|-wg|-wg-v6)$/,
  // calico; its tunnel tunl0 is the kernel's own, and stays
  /^cali[\da-f]{11}$/,
  /^(vxlan|vxlan-v6|wireguard)\.cali(co)?$/,
  /^wg-v6\.cali$/,
  /^bpf(in|out)\.cali$/,
  // cilium; cilium_tunl is tunl0 under another name
  /^cilium_(host|net|vxlan|geneve|wg0|ipip4|ipip6)$/,
  /^lxc([\da-f]{12}|_health)$/,
  // weave
  /^(weave|vethwe-\w+|vxlan-6784)$/,
  /^antrea-gw0$/,
  // kube-proxy in mode ipvs, node-local DNS, kube-router
  /^(kube-ipvs0|nodelocaldns|kube-bridge)$/,
]

/** Whether a network device is one of a pod network or of kube-proxy. */
export const isPodDevice = (name: string): boolean => names.some((pattern) => pattern.test(name))

/** The devices on a host. */
export const podDevices = async ({ remote }: CheckContext): Promise<string[]> =>
  ((await remote.list('/sys/class/net')) ?? []).filter(isPodDevice)

/** Removes them. The second end of a pair goes with the first. */
export const removePodDevices = async (ctx: ApplyContext): Promise<void> => {
  for (const name of await podDevices(ctx))
    await ctx.remote.run({
      label: `ip link delete ${name}`,
    })`[ ! -e ${`/sys/class/net/${name}`} ] || ip link delete ${name}`
}
