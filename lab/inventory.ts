import { stringify } from 'yaml'
import { join } from 'node:path'
import type { Lab } from './types.ts'
import { labFolder } from './machine.ts'

const header = `# Written by \`npm run lab -- up\`: the hosts of a lab on this machine. It may be thrown away.
`

/** What such a machine needs beyond the usual; ordinary servers need none of it. */
const labVariables = {
  kubernetes_version: 'v1.20.2',
  pod_subnet: '10.244.0.0/16',
  service_subnet: '10.96.0.0/12',
  cri_socket: '/run/containerd/containerd.sock',
  image_archives: '/opt/coxswain/images',
  // containers share the kernel's swap and cgroups with this machine
  cgroup_driver: 'cgroupfs',
  fail_swap_on: false,
  manage_swap: false,
  kube_proxy_conntrack_max_per_core: 0,
  // CoreDNS is not among Debian's packages
  skip_phases: ['addon/coredns'],
  ignore_preflight_errors: [
    'ImagePull',
    'SystemVerification',
    'Swap',
    'FileContent--proc-sys-net-bridge-bridge-nf-call-iptables',
  ],
  cni_manifest: join(labFolder, 'cni', 'lab-cni.yaml'),
}

/** The lab's inventory, in Ansible's YAML layout. */
export const inventoryText = ({ hosts, keyFile, knownHosts }: Lab): string => {
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
        hosts: Object.fromEntries(
          of('master').map(({ name, address }) => [name, { address, advertise_address: address }]),
        ),
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
    ...(balancer !== undefined && { control_plane_endpoint: `${balancer.address}:6443`, ...labVariables }),
  }
  return header + stringify({ all: { vars, children } })
}
