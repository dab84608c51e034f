/** Pod networks that are known, by what they are called and by the network devices that they create. */

interface KnownNetwork {
  readonly name: string
  /** What is in the names of its DaemonSets, in its manifest and in its configuration on a host. */
  readonly words: RegExp
  /** Its network devices on hosts. */
  readonly devices: readonly RegExp[]
}

/** The first one whose words are in a text counts. */
const knownNetworks: readonly KnownNetwork[] = [
  {
    name: 'calico',
    words: /calico|canal/,
    // its tunnel tunl0 is the kernel's own
    devices: [
      /^cali[\da-f]{11}$/,
      /^(vxlan|vxlan-v6|wireguard)\.cali(co)?$/,
      /^wg-v6\.cali$/,
      /^bpf(in|out)\.cali$/,
    ],
  },
  {
    name: 'cilium',
    words: /cilium/,
    // cilium_tunl is tunl0 under another name
    devices: [/^cilium_(host|net|vxlan|geneve|wg0|ipip4|ipip6)$/, /^lxc([\da-f]{12}|_health)$/],
  },
  { name: 'weave', words: /weave/, devices: [/^(weave|vethwe-\w+|vxlan-6784)$/] },
  { name: 'flannel', words: /flannel/, devices: [/^flannel(\.\d+|\.ipip|-v6\.\d+|-wg|-wg-v6)$/] },
  { name: 'antrea', words: /antrea/, devices: [/^antrea-gw0$/] },
  { name: 'kube-router', words: /kube-?router/, devices: [/^(kube-bridge|kube-dummy-if)$/] },
  // its devices are ports of Open vSwitch
  { name: 'kube-ovn', words: /ovn/, devices: [] },
]

/** The bridge of the CNI plugin of that name, which flannel and others use. */
export const bridgeDevice = 'cni0'

/** The known network that a text names; undefined if it names none. */
export const networkNamedIn = (text: string): string | undefined =>
  knownNetworks.find(({ words }) => words.test(text))?.name

/** Whether a text has the words of a known network. */
export const names = (text: string, network: string): boolean =>
  knownNetworks.some(({ name, words }) => name === network && words.test(text))

/** The known network that creates a device of this name; undefined for other devices. */
export const networkOfDevice = (device: string): string | undefined =>
  knownNetworks.find(({ devices }) => devices.some((pattern) => pattern.test(device)))?.name
