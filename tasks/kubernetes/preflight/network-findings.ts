/** What would go wrong with the network of a host. Pure. */
import { networkOf, networksOf, overlap } from '../../network/addresses/networks.ts'
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { kubeletConf } from '../kubeadm/paths.ts'
import { isPodDevice } from '../reset/devices.ts'
import type { PreflightState } from './types.ts'
import type { Wanted } from './wanted.ts'

const peers = (name: string, state: PreflightState): Finding[] => {
  if (state.peers === undefined)
    return [
      finding(
        name,
        'not known',
        'whether it reaches the others: curl is not installed',
        'install curl on the host',
      ),
    ]
  return state.peers
    .filter(({ answer }) => answer !== 'open' && answer !== 'closed')
    .map(({ name: other, address, port, answer }) =>
      finding(
        name,
        'fault',
        `it does not reach ${other} at ${address} port ${port}: ${answer}`,
        `open the port in firewalls between ${name} and ${other}`,
      ),
    )
}

/** Interfaces of the pods' own network: its routes may be in the network of the pods. */
const isOfPods = (device: string): boolean => isPodDevice(device) || device === 'tunl0'

/** On a node, networks without tunnels have routes to the pods of other nodes by the usual network card. */
const isNode = ({ traces }: PreflightState): boolean => traces.includes(kubeletConf)

const collisions = (name: string, state: PreflightState, wanted: Wanted): Finding[] =>
  [
    ['pod_subnet', wanted.podSubnet],
    ['service_subnet', wanted.serviceSubnet],
  ].flatMap(([setting = '', list = '']) =>
    networksOf(list).flatMap((network) => {
      if (network === undefined) return []
      const ofNodes = isNode(state) && setting === 'pod_subnet'
      const found = state.routes.find((route) => {
        const other = networkOf(route.network)
        if (other === undefined || isOfPods(route.device) || !overlap(network, other)) return false
        return !(ofNodes && other.bits > network.bits)
      })
      return found === undefined
        ? []
        : [
            finding(
              name,
              'fault',
              `${setting} ${network.text} overlaps with its route to ${found.network} by ${found.device}`,
              `set ${setting} to a network that is free`,
            ),
          ]
    }),
  )

const others = (name: string, { otherNetworks: { found, cure, notKnown } }: PreflightState): Finding[] => [
  ...(notKnown === undefined
    ? []
    : [finding(name, 'not known', `whether it has another pod network: ${notKnown}`, cure)]),
  ...(found.length === 0
    ? []
    : [
        finding(name, 'fault', `there is another pod network than the wanted one: ${found.join(', ')}`, cure),
      ]),
]

/** What would go wrong with the network of a host: peers that it does not reach, routes that overlap, another pod network. */
export const networkFindings = (name: string, state: PreflightState, wanted: Wanted): Finding[] => [
  ...peers(name, state),
  ...collisions(name, state, wanted),
  ...others(name, state),
]
