/** What would go wrong on a host by what it has itself. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { certificateFindings } from '../findings/certificates.ts'
import { factsOf, minorOf } from '../kubeadm/versions.ts'
import type { PreflightState } from './types.ts'
import type { Wanted } from './wanted.ts'

/** What kubeadm's preflight asks for (kubeadm, `cmd/kubeadm/app/constants`). */
const least = { cpus: 2, memoryMiB: 1700 } as const

/** MiB that etcd needs on its disk: its quota, a snapshot and a defragmentation beside it. */
const leastFree = 4096

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

/** Whether ha-masters installs programs on a host: it is not a node yet. */
const isInstalled = ({ traces }: PreflightState, asked: boolean): boolean =>
  asked && !traces.some((path) => path === '/etc/kubernetes/kubelet.conf')

const kernel = (name: string, state: PreflightState, wanted: Wanted): Finding[] => {
  const { cgroup, programs } = state
  const { cgroupV1 } = factsOf(wanted.version)
  const refuses = cgroup === '1' && cgroupV1 !== 'runs' && !wanted.allowsCgroupV1
  const { kubelet } = programs
  const installs = isInstalled(state, wanted.installs.programs)
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
    ...(!installs &&
    kubelet !== undefined &&
    /^v1\.\d+/.test(kubelet) &&
    minorOf(kubelet) > minorOf(wanted.version)
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
      programs[program] === undefined && !installs
        ? [
            finding(
              name,
              'fault',
              `${program} is not installed`,
              `install the package ${program} of ${wanted.version}, or set install.from in the inventory`,
            ),
          ]
        : [],
    ),
  ]
}

const runtime = (name: string, state: PreflightState, wanted: Wanted): Finding[] => {
  const { containerd, programs } = state
  if (programs['containerd'] === undefined || isInstalled(state, wanted.installs.runtime)) return []
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

/** What would go wrong on a host by what it has itself: programs, resources, names, remains of a cluster, certificates. */
export const hostFindings = (name: string, state: PreflightState, wanted: Wanted): Finding[] => [
  ...kernel(name, state, wanted),
  ...resources(name, state, wanted),
  ...runtime(name, state, wanted),
  ...names(name, state),
  ...traces(name, state),
  ...certificateFindings(name, state.certificates, state.clock),
]
