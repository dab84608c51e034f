/** The variables of the control plane playbooks, and what follows from them. */
import { isIP } from 'node:net'
import { CoxswainError, flag, isCoxswainError, z } from 'coxswain'
import type { PlayContext, PlaybookHost } from 'coxswain'
import {
  certSanSchema,
  clusterSettings,
  defaultServiceSubnet,
  endpointSchema,
  hostOf,
  networksOf,
  nodeIpSchema,
  portOf,
  versionFault,
} from 'coxswain/tasks'
import type { Cluster, HostConfig, Master } from 'coxswain/tasks'
import { installVar, packagesFault } from './install-vars.ts'
import { checksumFault, networkVars } from './pod-network.ts'

/** The message for a text that is not a version. */
const notAVersion = (text: string): string =>
  /^v1\.\d+\.\d+[-+]/.test(text)
    ? `a version such as v1.37.2 is needed: releases of vendors and pre-releases, as ${text}, are not supported`
    : `a version such as v1.37.2 is needed${/^1\.\d+\.\d+$/.test(text) ? ` (did you mean v${text}?)` : ''}`

/** Most have defaults that are right for ordinary servers. */
export const controlPlaneVars = z
  .object({
    control_plane_endpoint: endpointSchema.describe('host:port of the load balancer; IPv6 in brackets'),
    virtual_ip: z
      .string()
      .refine((text) => isIP(text) !== 0 && !text.includes('%'), 'must be an IP address without a length')
      .optional()
      .describe(
        'an address that one of the hosts of the group loadbalancers has at a time, with keepalived; usually that of control_plane_endpoint',
      ),
    virtual_ip_interface: z
      .string()
      .optional()
      .describe(
        'of each load balancer: the interface that gets virtual_ip; by default that of its own address',
      ),
    virtual_router_id: z
      .number()
      .int()
      .min(1)
      .max(255)
      .default(51)
      .describe('the virtual router ID (VRRP) of virtual_ip, which nothing else in the network has'),
    kubernetes_version: z
      .string()
      .regex(/^v1\.\d+\.\d+$/, { error: ({ input }) => notAVersion(String(input)), abort: true }),
    allow_unknown_version: flag()
      .default(false)
      .describe('accept a version newer than the newest known one, and treat it as that one'),
    advertise_address: z
      .string()
      .optional()
      .describe('of each master; the address it is reached at where absent'),
    strategy: z
      .enum(['join', 'phases'])
      .default('join')
      .describe('kubeadm join, or phase by phase as before 1.14'),
    pod_subnet: clusterSettings.podSubnet,
    service_subnet: clusterSettings.serviceSubnet
      .unwrap()
      .default(defaultServiceSubnet)
      .describe('the network of the services, in CIDR notation, or one of each family, comma-separated'),
    api_port: z.number().int().default(6443).describe('of each API server'),
    cert_sans: z.array(certSanSchema).default([]).describe('more names for the API server certificates'),
    ...networkVars,
    kube_users: z.array(z.string()).default(['root']).describe('who may use kubectl on the masters'),
    image_archives: z
      .string()
      .optional()
      .describe('a folder of image archives on the masters, where no registry is'),
    image_repository: z.string().optional().describe('a mirror instead of the usual registry'),
    install: installVar,
    cri_socket: z.string().optional(),
    container_service: z.string().default('containerd').describe('the service of the container runtime'),
    cgroup_driver: z.enum(['systemd', 'cgroupfs']).optional(),
    fail_swap_on: z.boolean().optional(),
    manage_swap: z.boolean().default(true).describe('turn swap off'),
    kube_proxy_conntrack_max_per_core: z.number().int().optional(),
    node_ip: nodeIpSchema
      .optional()
      .describe(
        'the address that the kubelet of a master reports, or one of each family; its advertise_address where that is given; for a new master with several addresses, the one at which it is reached',
      ),
    api_server: clusterSettings.apiServer,
    controller_manager: clusterSettings.controllerManager,
    scheduler: clusterSettings.scheduler,
    etcd: clusterSettings.etcd,
    dns: clusterSettings.dns,
    proxy: clusterSettings.proxy,
    kubelet: clusterSettings.kubelet,
    kubelet_extra_args: clusterSettings.kubeletExtraArgs,
    kube_proxy: clusterSettings.kubeProxy,
    feature_gates: clusterSettings.featureGates,
    taints: clusterSettings.taints,
    patches: clusterSettings.patches,
    timeouts: clusterSettings.timeouts,
    certificate_validity_period: clusterSettings.certificateValidityPeriod,
    ca_certificate_validity_period: clusterSettings.caCertificateValidityPeriod,
    encryption_algorithm: clusterSettings.encryptionAlgorithm,
    image_pull_policy: clusterSettings.imagePullPolicy,
    image_pull_serial: clusterSettings.imagePullSerial,
    kubeadm_config_merge: clusterSettings.merge,
    skip_phases: clusterSettings.skipPhases,
    reset_force: flag()
      .default(false)
      .describe('let reset go on where etcd has lost its quorum, or its data may still be needed'),
    ignore_preflight_errors: z.array(z.string()).default([]),
  })
  .superRefine((vars, context) => {
    const { kubernetes_version: version, allow_unknown_version: allowed, install } = vars
    const fault = versionFault(version, allowed, '-e allow_unknown_version=true')
    if (fault !== undefined)
      context.addIssue({ code: 'custom', path: ['kubernetes_version'], message: fault })
    const unchecked = checksumFault(vars)
    if (unchecked !== undefined)
      context.addIssue({ code: 'custom', path: ['cni_manifest_sha256'], message: unchecked })
    const lacking = packagesFault(install, version)
    if (lacking !== undefined) context.addIssue({ code: 'custom', path: ['install'], message: lacking })
  })
export type ControlPlaneVars = z.output<typeof controlPlaneVars>

type MasterHost = PlaybookHost<ControlPlaneVars>

export const master = ({ name, address, vars }: MasterHost): Master => ({
  name,
  address: vars.advertise_address ?? address,
})

/** Further names for the certificates of API servers; the virtual IP, where the endpoint is a name that leads to it. */
export const certSansOf = ({
  cert_sans: given,
  virtual_ip: virtual,
  control_plane_endpoint: endpoint,
}: ControlPlaneVars): string[] =>
  virtual === undefined || [...given, hostOf(endpoint)].includes(virtual) ? given : [...given, virtual]

export const cluster = (vars: ControlPlaneVars): Cluster => ({
  kubernetesVersion: vars.kubernetes_version,
  allowUnknownVersion: vars.allow_unknown_version,
  controlPlaneEndpoint: vars.control_plane_endpoint,
  podSubnet: vars.pod_subnet,
  serviceSubnet: vars.service_subnet,
  certSANs: certSansOf(vars),
  bindPort: vars.api_port,
  imageRepository: vars.image_repository,
  criSocket: vars.cri_socket,
  cgroupDriver: vars.cgroup_driver,
  failSwapOn: vars.fail_swap_on,
  kubeProxyConntrackMaxPerCore: vars.kube_proxy_conntrack_max_per_core,
  apiServer: vars.api_server,
  controllerManager: vars.controller_manager,
  scheduler: vars.scheduler,
  etcd: vars.etcd,
  dns: vars.dns,
  proxy: vars.proxy,
  kubelet: vars.kubelet,
  kubeletExtraArgs: vars.kubelet_extra_args,
  kubeProxy: vars.kube_proxy,
  featureGates: vars.feature_gates,
  taints: vars.taints,
  patches: vars.patches,
  timeouts: vars.timeouts,
  certificateValidityPeriod: vars.certificate_validity_period,
  caCertificateValidityPeriod: vars.ca_certificate_validity_period,
  encryptionAlgorithm: vars.encryption_algorithm,
  imagePullPolicy: vars.image_pull_policy,
  imagePullSerial: vars.image_pull_serial,
  skipPhases: vars.skip_phases,
  merge: vars.kubeadm_config_merge,
})

/**
 * The file with the keys of encryption at rest, as the inventory names it.
 *
 * @throws `inventory-invalid` for several of them.
 */
export const encryptionFileOf = ({ api_server: server }: ControlPlaneVars): string | undefined => {
  const value = server?.extraArgs['encryption-provider-config']
  if (value === undefined || typeof value === 'string') return value
  throw new CoxswainError(
    'inventory-invalid',
    'encryption-provider-config in extraArgs of api_server has several values',
    { hint: 'give it one path, such as /etc/kubernetes/pki/encryption.yaml' },
  )
}

/** Whether the hosts pass on packets of IPv6 between pods. */
export const hasIPv6 = ({ pod_subnet: pods }: ControlPlaneVars): boolean =>
  networksOf(pods).some((network) => network?.family === 6)

/** The address that the kubelet reports. Without it, a kubelet takes the host's first IPv4 address. */
export const nodeIpOf = (host: MasterHost): string | undefined => {
  const { node_ip: given, advertise_address: advertised } = host.vars
  const { address } = master(host)
  return given ?? advertised ?? (address.includes(':') ? address : undefined)
}

/**
 * The cgroup driver of the kubelets, which the container runtime must have as well; undefined for that of kubeadm.
 *
 * @throws `inventory-invalid` for another text.
 */
export const cgroupDriverOf = (vars: ControlPlaneVars): 'systemd' | 'cgroupfs' | undefined => {
  const merged = vars.kubeadm_config_merge.findLast(
    (one) => one.kind === 'KubeletConfiguration' && one['cgroupDriver'] !== undefined,
  )?.['cgroupDriver']
  const driver = merged ?? vars.kubelet?.['cgroupDriver'] ?? vars.cgroup_driver
  if (driver === undefined || driver === 'systemd' || driver === 'cgroupfs') return driver
  throw new CoxswainError('inventory-invalid', `cgroupDriver of the kubelets is ${JSON.stringify(driver)}`, {
    hint: 'set cgroup_driver to systemd or cgroupfs instead',
  })
}

/** The addresses that a master must have. */
export const ownAddressesOf = (host: MasterHost): string[] => [
  ...new Set([master(host).address, ...(nodeIpOf(host)?.split(',') ?? [])]),
]

/** The hosts of a group; none if the inventory does not have it. */
export const hostsIfAny = <Vars>(
  { group }: Pick<PlayContext<Vars>, 'group'>,
  name: string,
): readonly PlaybookHost<Vars>[] => {
  try {
    return group(name)
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'pattern-invalid') return []
    throw error
  }
}

/**
 * Refuses an endpoint that the load balancers of the inventory cannot have, before anything connects.
 *
 * @throws `inventory-invalid`
 */
export const requireEndpoint = (ctx: PlayContext<ControlPlaneVars>): void => {
  const { virtual_ip: virtual, control_plane_endpoint: endpoint, api_port: port } = ctx.vars
  const balancers = hostsIfAny(ctx, 'loadbalancers')
  if (virtual !== undefined && balancers.length === 0)
    throw new CoxswainError(
      'inventory-invalid',
      `virtual_ip is ${virtual}, but the group loadbalancers has no host that could have it`,
      {
        hint: 'add the hosts that share it to loadbalancers, which can be the masters; or remove virtual_ip',
      },
    )
  if (portOf(endpoint) === String(port) && balancers.some(({ name }) => name === ctx.host.name))
    throw new CoxswainError(
      'inventory-invalid',
      `${ctx.host.name} is in masters and loadbalancers, and its haproxy would have port ${port} of its API server`,
      {
        hint: 'give control_plane_endpoint another port, such as 8443; or take the host out of loadbalancers',
      },
    )
}

/** The configuration of the master that begins the cluster. */
export const firstConfig = (host: MasterHost): HostConfig => ({
  cluster: cluster(host.vars),
  self: master(host),
  members: [master(host)],
  nodeIp: nodeIpOf(host),
  virtualIp: host.vars.virtual_ip,
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
