/** What would go wrong on hosts before kubeadm runs on them. Pure. */
import { networkOf, networksOf, overlap } from '../../network/addresses/networks.ts'
import { finding, severities } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { evenNumberOf } from '../etcd/arithmetic.ts'
import { clockFindings } from '../findings/clocks.ts'
import { factsOf, minorOf } from '../kubeadm/versions.ts'
import type { PreflightOf, PreflightState, RouteState } from './types.ts'

/** What the inventory says of the cluster. */
export interface Wanted {
  /** The version of Kubernetes, such as `v1.37.2`. */
  readonly version: string
  /** The networks of the pods, in CIDR notation, comma-separated. */
  readonly podSubnet: string
  /** The networks of the services, in CIDR notation, comma-separated. */
  readonly serviceSubnet: string
  /** Whether swap is to be turned off by the playbook. */
  readonly managesSwap: boolean
  /** Whether kubelets may run with swap. */
  readonly allowsSwap: boolean
  /** The cgroup driver of the kubelets; undefined for that of kubeadm. */
  readonly cgroupDriver: 'systemd' | 'cgroupfs' | undefined
  /** Whether kubelets are configured to run on cgroup v1. */
  readonly allowsCgroupV1: boolean
}

/** What kubeadm's preflight asks for (kubeadm, `cmd/kubeadm/app/constants`). */
const least = { cpus: 2, memoryMiB: 1700 } as const

/** MiB that etcd needs on its disk: its quota, a snapshot and a defragmentation beside it. */
const leastFree = 4096

type Hosts = readonly (readonly [name: string, state: PreflightState])[]

/** Hosts that have the same value of something that must be unique. */
const twins = (
  hosts: Hosts,
  what: string,
  valuesOf: (state: PreflightState) => readonly (string | undefined)[],
  cure: string,
): Finding[] => {
  const byValue = new Map<string, string[]>()
  for (const [name, state] of hosts)
    for (const value of new Set(valuesOf(state)))
      if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), name])
  return [...byValue].flatMap(([value, names]) =>
    names.length > 1
      ? [finding(names.join(', '), 'fault', `they have the same ${what}: ${value}`, cure)]
      : [],
  )
}

const resources = (name: string, state: PreflightState, wanted: Wanted): Finding[] => {
  const { cpus, memoryMiB, swapMiB, freeMiB } = state
  return [
    ...(cpus < least.cpus
      ? [finding(name, 'fault', `${cpus} CPU, and kubeadm requires ${least.cpus}`, 'give the host more CPUs')]
      : []),
    ...(memoryMiB < least.memoryMiB
      ? [
          finding(
            name,
            'fault',
            `${memoryMiB} MiB of memory, and kubeadm requires ${least.memoryMiB} MiB`,
            'give the host more memory',
          ),
        ]
      : []),
    ...(swapMiB > 0 && !wanted.managesSwap && !wanted.allowsSwap
      ? [
          finding(
            name,
            'fault',
            `${swapMiB} MiB of swap are on`,
            'set manage_swap=true, or fail_swap_on=false',
          ),
        ]
      : []),
    ...(freeMiB !== undefined && freeMiB < leastFree
      ? [
          finding(
            name,
            'warning',
            `${freeMiB} MiB are free where etcd's data will be, and ${leastFree} MiB are advised`,
            'remove old files, or give etcd a disk of its own',
          ),
        ]
      : []),
  ]
}

const kernel = (name: string, { cgroup, programs }: PreflightState, wanted: Wanted): Finding[] => {
  const { cgroupV1 } = factsOf(wanted.version)
  const refuses = cgroup === '1' && cgroupV1 !== 'runs' && !wanted.allowsCgroupV1
  const { kubelet } = programs
  return [
    ...(refuses
      ? [
          finding(
            name,
            'fault',
            `it has cgroup v1, and the kubelet of ${wanted.version} runs there ${cgroupV1}`,
            'start the host with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or set kubelet.failCgroupV1=false',
          ),
        ]
      : []),
    ...(kubelet !== undefined && /^v1\.\d+/.test(kubelet) && minorOf(kubelet) > minorOf(wanted.version)
      ? [
          finding(
            name,
            'fault',
            `its kubelet ${kubelet} is newer than ${wanted.version}`,
            `install the kubelet of ${wanted.version}`,
          ),
        ]
      : []),
    ...['kubelet', 'kubeadm'].flatMap((program) =>
      programs[program] === undefined
        ? [
            finding(
              name,
              'fault',
              `${program} is not installed`,
              `install the package ${program} of ${wanted.version}`,
            ),
          ]
        : [],
    ),
  ]
}

const runtime = (name: string, { containerd, programs }: PreflightState, wanted: Wanted): Finding[] => {
  if (programs['containerd'] === undefined) return []
  const { disabled_plugins: disabled = '', SystemdCgroup: systemd } = containerd
  const driver = systemd === 'true' ? 'systemd' : 'cgroupfs'
  const kubelet = wanted.cgroupDriver ?? factsOf(wanted.version).cgroupDriver
  return [
    ...(/["']cri["']|io\.containerd\.grpc\.v1\.cri/.test(disabled)
      ? [
          finding(
            name,
            'fault',
            `containerd's CRI is turned off: disabled_plugins = ${disabled}`,
            'remove it from /etc/containerd/config.toml, and restart containerd',
          ),
        ]
      : []),
    ...(systemd !== undefined && driver !== kubelet
      ? [
          finding(
            name,
            'fault',
            `containerd uses the cgroup driver ${driver}, and the kubelet ${kubelet}`,
            `set SystemdCgroup in /etc/containerd/config.toml, or cgroup_driver: both must be the same`,
          ),
        ]
      : []),
  ]
}

const names = (name: string, { hostname }: PreflightState): Finding[] =>
  hostname === hostname.toLowerCase()
    ? []
    : [
        finding(
          name,
          'warning',
          `its host name ${hostname} has upper-case letters, and nodes have lower-case names`,
          'give it a lower-case host name',
        ),
      ]

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
const podDevice = /^(cni|flannel|cali|cilium|kube|lxc|veth|tunl|vxlan)/

const collisions = (name: string, routes: readonly RouteState[], wanted: Wanted): Finding[] =>
  [
    ['pod_subnet', wanted.podSubnet],
    ['service_subnet', wanted.serviceSubnet],
  ].flatMap(([setting = '', list = '']) =>
    networksOf(list).flatMap((network) => {
      if (network === undefined) return []
      const found = routes.find((route) => {
        const other = networkOf(route.network)
        return other !== undefined && !podDevice.test(route.device) && overlap(network, other)
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

/** Files of a former cluster on a host that is not a control-plane node yet, or only some of those of one. */
const traces = (name: string, { traces: found }: PreflightState): Finding[] => {
  const [admin, data] = ['/etc/kubernetes/admin.conf', '/member'].map((end) =>
    found.some((path) => path.endsWith(end)),
  )
  return found.length === 0 || (admin === true && data === true)
    ? []
    : [
        finding(
          name,
          'warning',
          `it has files of a cluster, but not all: ${found.join(', ')}`,
          `run ha-masters: it continues what was interrupted; or run playbooks/reset.ts if they are of a former cluster`,
        ),
      ]
}

const evenNumber = (masters: number): Finding[] => {
  const what = evenNumberOf(masters)
  return what === undefined ? [] : [finding('masters', 'warning', what, 'have an odd number of masters')]
}

/**
 * What would go wrong on the hosts of a control plane, faults first.
 *
 * @param states by host; undefined for a host that cannot be asked.
 */
export const preflightFindings = (states: readonly PreflightOf[], wanted: Wanted): Finding[] => {
  const hosts: Hosts = states.flatMap(({ host, value }) =>
    value === undefined ? [] : [[host, value] as const],
  )
  return [
    ...states.flatMap(({ host, value }) =>
      value === undefined
        ? [finding(host, 'not known', 'the host cannot be asked', `run doctor --hosts ${host}`)]
        : [],
    ),
    ...hosts.flatMap(([name, state]) => [
      ...kernel(name, state, wanted),
      ...resources(name, state, wanted),
      ...runtime(name, state, wanted),
      ...names(name, state),
      ...peers(name, state),
      ...collisions(name, state.routes, wanted),
      ...traces(name, state),
    ]),
    ...clockFindings(hosts.map(([name, { ahead }]) => ({ name, ahead }))),
    ...twins(hosts, 'host name', ({ hostname }) => [hostname], 'give each host a name of its own'),
    ...twins(
      hosts,
      'machine ID',
      ({ machineId }) => [machineId],
      'on all but one: rm /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup',
    ),
    ...twins(
      hosts,
      'product UUID',
      ({ productUuid }) => [productUuid],
      'give each machine a UUID of its own',
    ),
    ...twins(hosts, 'hardware address', ({ macs }) => macs, 'give each network card an address of its own'),
    ...evenNumber(states.length),
  ].toSorted((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity))
}
