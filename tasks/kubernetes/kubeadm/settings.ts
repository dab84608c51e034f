import { z } from '../../../engine/index.ts'

/** A master of the cluster, as every other needs to know it. */
export const masterSchema = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'a node name is lower-case letters, digits, - and .'),
  address: z.string().describe('the address that the node advertises to the others'),
})
export type Master = z.output<typeof masterSchema>

/** Host and port, parted by the last colon. */
const endpointSchema = z.string().regex(/^\S+:\d+$/, 'host:port is needed, such as 10.0.0.10:6443')

/** What a cluster is, in words of our own: each kubeadm version has a renderer that says it in its dialect. */
export const clusterSchema = z.object({
  kubernetesVersion: z.string().describe('such as v1.20.2'),
  controlPlaneEndpoint: endpointSchema.describe('host:port of the load balancer'),
  podSubnet: z.string().default('10.244.0.0/16'),
  serviceSubnet: z.string().optional(),
  certSANs: z.array(z.string()).default([]).describe('more names for the API server certificate'),
  bindPort: z.coerce.number().int().default(6443),
  imageRepository: z.string().optional(),
  criSocket: z.string().optional(),
  cgroupDriver: z.enum(['systemd', 'cgroupfs']).optional(),
  failSwapOn: z.boolean().optional(),
  kubeProxyConntrackMaxPerCore: z.number().int().optional(),
})
export type Cluster = z.output<typeof clusterSchema>

/** Everything that a master's kubeadm configuration is made of. */
export const hostConfigSchema = z.object({
  cluster: clusterSchema,
  self: masterSchema,
  /** The masters of the etcd cluster in their order, up to and with this one; the first one alone when it begins. */
  members: z.array(masterSchema).min(1),
})
export type HostConfig = z.output<typeof hostConfigSchema>

export const hostOf = (endpoint: string): string => endpoint.slice(0, endpoint.lastIndexOf(':'))
