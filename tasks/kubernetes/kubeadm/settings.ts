import { portNumber, z } from '../../../engine/index.ts'
import { canonicalAddress } from '../../network/addresses/addresses.ts'
import {
  componentSchema,
  dnsSchema,
  documentSchema,
  etcdSchema,
  kubeProxySchema,
  kubeletSchema,
  periodSchema,
  proxySchema,
  taintSchema,
  timeoutsSchema,
} from './component-settings.ts'
import { settingsMap } from './settings-map.ts'
import { certSanSchema, endpointSchema, nodeName } from './names.ts'
import { networkList, nodeIpSchema } from './network-rules.ts'
import { unknownSettings } from './versions/unknown-settings.ts'
import { allowUnknownVersion, factsOf, knownVersion, versionFault } from './versions.ts'

/** A control-plane node of the cluster. */
export const masterSchema = z.object({
  name: nodeName().describe('the name of the node'),
  address: z.string().describe('the address that the node advertises to the others'),
})
/** A control-plane node: its name and address. */
export type Master = z.output<typeof masterSchema>

/** The settings of a cluster, one by one. A renderer for each kubeadm version writes them in its format. */
export const clusterSettings = {
  kubernetesVersion: z.string().describe('such as v1.37.2'),
  allowUnknownVersion: allowUnknownVersion(),
  controlPlaneEndpoint: endpointSchema.describe('host:port of the load balancer'),
  podSubnet: networkList()
    .default('10.244.0.0/16')
    .describe('the network of the pods, in CIDR notation, or one of each family, comma-separated'),
  serviceSubnet: networkList()
    .optional()
    .describe(
      'the network of the services, in CIDR notation, or one of each family; by default that of kubeadm',
    ),
  certSANs: z.array(certSanSchema).default([]).describe('more names for the API server certificate'),
  bindPort: portNumber().default(6443).describe('the port of the API servers'),
  imageRepository: z
    .string()
    .optional()
    .describe('the registry of the control-plane images; by default that of kubeadm'),
  criSocket: z.string().optional().describe('the CRI socket, if several container runtimes are installed'),
  cgroupDriver: z
    .enum(['systemd', 'cgroupfs'])
    .optional()
    .describe('the cgroup driver of the kubelets; by default that of kubeadm'),
  failSwapOn: z
    .boolean()
    .optional()
    .describe('whether kubelets refuse to start on hosts with swap; by default that of the kubelet'),
  kubeProxyConntrackMaxPerCore: z
    .number()
    .int()
    .optional()
    .describe('connections to track per CPU core, for kube-proxy; 0 keeps the limit of the kernel'),
  apiServer: componentSchema.optional().describe('settings of the API servers'),
  controllerManager: componentSchema.optional().describe('settings of the controller managers'),
  scheduler: componentSchema.optional().describe('settings of the schedulers'),
  etcd: etcdSchema.optional().describe('settings of etcd'),
  dns: dnsSchema.optional().describe('settings of CoreDNS'),
  proxy: proxySchema.optional().describe('whether there is a kube-proxy'),
  kubelet: kubeletSchema.optional().describe('fields of KubeletConfiguration'),
  kubeletExtraArgs: componentSchema.shape.extraArgs.describe(
    'arguments of the kubelets, without the dashes; several values from v1.31 on',
  ),
  kubeProxy: kubeProxySchema.optional().describe('fields of KubeProxyConfiguration'),
  featureGates: z.record(z.string(), z.boolean()).optional().describe("kubeadm's feature gates"),
  taints: z
    .array(taintSchema)
    .optional()
    .describe("taints of control-plane nodes; by default kubeadm's, and an empty list for none"),
  patches: z
    .string()
    .optional()
    .describe('a folder on the hosts with patches of the static pods; from v1.22 on'),
  timeouts: timeoutsSchema.optional().describe('how long kubeadm waits; from v1.31 on'),
  certificateValidityPeriod: periodSchema
    .optional()
    .describe('how long certificates are valid, such as 8760h; from v1.31 on'),
  caCertificateValidityPeriod: periodSchema
    .optional()
    .describe('how long the certificates of authorities are valid, such as 87600h; from v1.31 on'),
  encryptionAlgorithm: z
    .enum(['RSA-2048', 'RSA-3072', 'RSA-4096', 'ECDSA-P256', 'ECDSA-P384'])
    .optional()
    .describe('the keys of certificates; from v1.31 on, ECDSA-P384 from v1.34 on'),
  imagePullPolicy: z
    .enum(['Always', 'IfNotPresent', 'Never'])
    .optional()
    .describe('when kubeadm pulls images; from v1.22 on'),
  imagePullSerial: z
    .boolean()
    .optional()
    .describe('whether kubeadm pulls images one after another; from v1.31 on'),
  skipPhases: z
    .array(z.string())
    .default([])
    .describe('phases that kubeadm init leaves out, such as addon/coredns'),
  merge: z
    .array(documentSchema)
    .default([])
    .describe(
      'documents that are laid over those of their kind, for what no other setting can say, and for control-plane nodes only',
    ),
}

/** The settings of a cluster. */
export const clusterSchema = settingsMap(clusterSettings)
  .superRefine(knownVersion('kubernetesVersion'))
  .superRefine((cluster, context) => {
    const { kubernetesVersion: version, allowUnknownVersion: allowed } = cluster
    if (versionFault(version, allowed) !== undefined) return
    for (const what of unknownSettings(cluster, factsOf(version)))
      context.addIssue({ code: 'custom', message: `Kubernetes ${version} does not know ${what}` })
  })
/** The settings of a cluster, with their defaults. */
export type Cluster = z.output<typeof clusterSchema>

/** The settings for the kubeadm configuration of a control-plane node. */
export const hostConfigSchema = z.object({
  cluster: clusterSchema.describe('the settings of the cluster, the same for all its nodes'),
  self: masterSchema.describe('the node to configure'),
  /** The control-plane nodes with etcd members, in their order, up to and including this one. */
  members: z
    .array(masterSchema)
    .min(1)
    .describe('the nodes of the etcd cluster in their order, up to and including this one'),
  nodeIp: nodeIpSchema
    .optional()
    .describe('the address that the kubelet reports, or two of both families: its --node-ip'),
  virtualIp: z
    .string()
    .optional()
    .describe(
      'an address that moves between hosts, and that no node has for itself: the kubelet of a new node gets a --node-ip then, whichever host has it',
    ),
})
/** The settings for the kubeadm configuration of a control-plane node, with their defaults. */
export type HostConfig = z.output<typeof hostConfigSchema>

/** The host of an endpoint, as certificates name it: an IPv6 address without brackets. */
export const hostOf = (endpoint: string): string =>
  canonicalAddress(endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1'))

/** The port of an endpoint. */
export const portOf = (endpoint: string): string => endpoint.slice(endpoint.lastIndexOf(':') + 1)
