/** The variables of the control plane playbooks, and what follows from them. */
import { flag, z } from 'coxswain'
import type { PlaybookHost } from 'coxswain'
import type { Cluster, HostConfig, Master } from 'coxswain/tasks'

/** Most have defaults that are right for ordinary servers. */
export const controlPlaneVars = z.object({
  control_plane_endpoint: z.string().regex(/^\S+:\d+$/, 'host:port of the load balancer is needed'),
  kubernetes_version: z.string().regex(/^v1\.\d+\.\d+$/, 'a version such as v1.20.2 is needed'),
  advertise_address: z
    .string()
    .optional()
    .describe('of each master; the address it is reached at where absent'),
  strategy: z
    .enum(['join', 'phases'])
    .default('join')
    .describe('kubeadm join, or phase by phase as before 1.14'),
  pod_subnet: z.string().default('10.244.0.0/16'),
  service_subnet: z.string().default('10.96.0.0/12'),
  api_port: z.number().int().default(6443).describe('of each API server'),
  cert_sans: z.array(z.string()).default([]).describe('more names for the API server certificates'),
  cni_manifest: z.string().default('flannel').describe('a path here, or flannel, calico or cilium'),
  kube_users: z.array(z.string()).default(['root']).describe('who may use kubectl on the masters'),
  image_archives: z
    .string()
    .optional()
    .describe('a folder of image archives on the masters, where no registry is'),
  image_repository: z.string().optional().describe('a mirror instead of the usual registry'),
  cri_socket: z.string().optional(),
  container_service: z.string().default('containerd').describe('the service of the container runtime'),
  cgroup_driver: z.enum(['systemd', 'cgroupfs']).optional(),
  fail_swap_on: z.boolean().optional(),
  manage_swap: z.boolean().default(true).describe('turn swap off'),
  kube_proxy_conntrack_max_per_core: z.number().int().optional(),
  skip_phases: z.array(z.string()).default([]).describe('phases of kubeadm init to leave out'),
  reset_force: flag()
    .default(false)
    .describe('let reset go on where etcd has lost its quorum, or its data may still be needed'),
  ignore_preflight_errors: z.array(z.string()).default([]),
})
export type ControlPlaneVars = z.output<typeof controlPlaneVars>

type MasterHost = PlaybookHost<ControlPlaneVars>

export const master = ({ name, address, vars }: MasterHost): Master => ({
  name,
  address: vars.advertise_address ?? address,
})

export const cluster = (vars: ControlPlaneVars): Cluster => ({
  kubernetesVersion: vars.kubernetes_version,
  controlPlaneEndpoint: vars.control_plane_endpoint,
  podSubnet: vars.pod_subnet,
  serviceSubnet: vars.service_subnet,
  certSANs: vars.cert_sans,
  bindPort: vars.api_port,
  imageRepository: vars.image_repository,
  criSocket: vars.cri_socket,
  cgroupDriver: vars.cgroup_driver,
  failSwapOn: vars.fail_swap_on,
  kubeProxyConntrackMaxPerCore: vars.kube_proxy_conntrack_max_per_core,
})

/** The configuration of the master that begins the cluster. */
export const firstConfig = (host: MasterHost): HostConfig => ({
  cluster: cluster(host.vars),
  self: master(host),
  members: [master(host)],
})

/** The configuration of a master that comes to others: in the inventory's order, up to and with itself. */
export const joiningConfig = (host: MasterHost, masters: readonly MasterHost[]): HostConfig => {
  const others = masters.filter(({ name }) => name !== host.name)
  const before = masters.slice(
    0,
    masters.findIndex(({ name }) => name === host.name),
  )
  // whoever leads, there is one before it: an inventory's first master may itself come to others
  const members = before.length > 0 ? before : others.slice(0, 1)
  return { ...firstConfig(host), members: [...members, host].map(master) }
}
