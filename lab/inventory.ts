import { stringify } from 'yaml'
import { join } from 'node:path'
import type { Bundle } from './bundles.ts'
import type { LabHost } from './hosts.ts'
import type { Lab } from './types.ts'
import { hasCgroupV1, labFolder } from './machine.ts'

const header = `# Written by \`npm run lab -- up\`: the hosts of a lab on this machine. You can delete it.
`

/** The networks of pods and services of each family. */
const subnets = {
  ipv4: { pods: '10.244.0.0/16', services: '10.96.0.0/12' },
  ipv6: { pods: 'fd00:10:244::/56', services: 'fd00:10:96::/112' },
}

/** The networks for the families of a host's addresses, the main one first. */
const subnetsOf = ({ address, second }: LabHost) =>
  [address, ...(second === undefined ? [] : [second])].map((one) =>
    one.includes(':') ? subnets.ipv6 : subnets.ipv4,
  )

const networkVariables = (host: LabHost): Record<string, string> => ({
  pod_subnet: subnetsOf(host)
    .map(({ pods }) => pods)
    .join(','),
  service_subnet: subnetsOf(host)
    .map(({ services }) => services)
    .join(','),
})

/** The fields of flannel's configuration about the networks of pods, for the families of a host's addresses. */
export const flannelFields = (host: LabHost): string => {
  const families = subnetsOf(host)
  return [
    families.includes(subnets.ipv4) ? `"Network": "${subnets.ipv4.pods}"` : '"EnableIPv4": false',
    ...(families.includes(subnets.ipv6) ? [`"EnableIPv6": true, "IPv6Network": "${subnets.ipv6.pods}"`] : []),
  ].join(', ')
}

/** What a worker says of its addresses. */
const workerVariables = ({ address, second }: LabHost): Record<string, string> => ({
  address,
  ...(second !== undefined && { node_ip: `${address},${second}` }),
})

/** What a master says of its addresses. */
const masterVariables = (host: LabHost): Record<string, string> => ({
  ...workerVariables(host),
  advertise_address: host.address,
})

const endpointOf = (address: string): string => `${address.includes(':') ? `[${address}]` : address}:6443`

/** Variables that hosts of this kind need with every Kubernetes; ordinary servers do not need them. */
const commonVariables = {
  image_archives: '/opt/coxswain/images',
  // containers share the kernel's swap and cgroups with this machine
  cgroup_driver: 'cgroupfs',
  fail_swap_on: false,
  manage_swap: false,
  // a container cannot raise the kernel's limit of connections
  kube_proxy_conntrack_max_per_core: 0,
}

/** Variables for Debian's Kubernetes 1.20. */
const oldVariables = {
  cri_socket: '/run/containerd/containerd.sock',
  // CoreDNS is not among Debian's packages
  skip_phases: ['addon/coredns'],
  ignore_preflight_errors: [
    // the image of CoreDNS
    'ImagePull',
    // kubeadm reads the configuration of the kernel, which most machines have in /boot, where a container does not see it
    'SystemVerification',
    // a container sees the swap of its machine, and cannot turn it off
    'Swap',
    // a container cannot load the module br_netfilter, without which this file does not exist
    'FileContent--proc-sys-net-bridge-bridge-nf-call-iptables',
  ],
  cni_manifest: join(labFolder, 'cni', 'lab-cni.yaml'),
}

/** Variables for current Kubernetes, which has real flannel and CoreDNS. */
const currentVariables = (cni: string | undefined, cgroupV1: boolean) => ({
  kubelet: {
    // from 1.35 on, the kubelet refuses cgroup v1 by default
    ...(cgroupV1 && { failCgroupV1: false }),
    // the disk is this machine's, not the host's: the kubelet must neither remove images that no pod uses yet, nor evict pods
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'imagefs.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
  },
  // from 1.35 on, kubeadm refuses cgroup v1 whatever the configuration of the kubelet says
  ...(cgroupV1 && { ignore_preflight_errors: ['SystemVerification'] }),
  ...(cni !== undefined && { cni_manifest: cni }),
})

/** Whether hosts for this version are those of today: without crictl and etcdctl. */
export const isCurrent = (version: string): boolean => Number(version.split('.')[1]) >= 24

/**
 * The variables that describe a bundle.
 *
 * @param cgroupV1 whether the hosts have version 1 of cgroups.
 */
export const kubernetesVariables = (
  { version, cni }: Bundle,
  cgroupV1: boolean,
): Record<string, unknown> => ({
  kubernetes_version: version,
  ...commonVariables,
  ...(isCurrent(version) ? currentVariables(cni, cgroupV1) : oldVariables),
})

/** The lab's inventory, in Ansible's YAML layout. */
export const inventoryText = ({ hosts, keyFile, knownHosts }: Lab, bundle: Bundle | undefined): string => {
  const of = (role: string) => hosts.filter((host) => host.role === role)
  const balancer = of('loadbalancer')[0]
  const children = {
    ...(of('loadbalancer').length > 0 && {
      loadbalancers: {
        hosts: Object.fromEntries(of('loadbalancer').map(({ name, address }) => [name, { address }])),
      },
    }),
    ...(of('master').length > 0 && {
      masters: {
        hosts: Object.fromEntries(of('master').map((host) => [host.name, masterVariables(host)])),
      },
    }),
    ...(of('worker').length > 0 && {
      workers: {
        hosts: Object.fromEntries(of('worker').map((host) => [host.name, workerVariables(host)])),
      },
    }),
    ...(of('plain').length > 0 && {
      plain: { hosts: Object.fromEntries(of('plain').map(({ name, address }) => [name, { address }])) },
    }),
  }
  const vars = {
    user: 'root',
    private_key_file: keyFile,
    known_hosts_file: knownHosts,
    ...(balancer !== undefined &&
      bundle !== undefined && {
        control_plane_endpoint: endpointOf(balancer.address),
        ...networkVariables(balancer),
        ...kubernetesVariables(bundle, hasCgroupV1()),
      }),
  }
  return header + stringify({ all: { vars, children } })
}
