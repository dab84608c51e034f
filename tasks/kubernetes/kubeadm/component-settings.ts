/** Settings of the programs of a control plane, by the names that kubeadm's configuration has for them. */
import { duration, remotePath, z } from '../../../engine/index.ts'
import { settingsMap } from './settings-map.ts'

/** What is wrong with the name of an argument. kubeadm writes dashes before any. */
const nameFault = (name: string): string | undefined => {
  if (name.startsWith('-')) return `must be written without dashes: ${name.replace(/^-+/, '')}`
  // programs of Kubernetes take both, so it could be given twice, and etcd takes dashes only
  if (name.includes('_')) return `must be written with dashes: ${name.replaceAll('_', '-')}`
  return /^[^\s=]+$/.test(name) ? undefined : 'must be the name of an argument, without its value'
}

/** Arguments of a program, without the dashes: a value, or several for a flag that is given several times. */
const extraArgs = () =>
  z
    .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
    .superRefine((given, context) => {
      for (const name of Object.keys(given)) {
        const message = nameFault(name)
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message })
      }
    })
    .default({})
    .describe('arguments of the program, without the dashes; several values from v1.31 on')
/** Arguments of a program, by their names without the dashes. */
export type Arguments = z.output<ReturnType<typeof extraArgs>>

const extraEnvs = () =>
  z.record(z.string(), z.string()).default({}).describe('environment variables of the program; from v1.31 on')

/** A file or folder of the host in the container of a program. */
const volumeSchema = settingsMap({
  name: z.string().describe('its name, once for each program'),
  hostPath: remotePath().describe('the file or folder on the host'),
  mountPath: remotePath().describe('where it is in the container'),
  readOnly: z.boolean().default(true).describe('whether the program can only read it'),
  pathType: z
    .enum(['File', 'FileOrCreate', 'Directory', 'DirectoryOrCreate'])
    .optional()
    .describe('what must be there; by default that is not checked'),
})

/** One of the API server, the controller manager and the scheduler. */
export const componentSchema = settingsMap({
  extraArgs: extraArgs(),
  extraEnvs: extraEnvs(),
  extraVolumes: z
    .array(volumeSchema)
    .default([])
    .describe('files and folders of the host in its container, such as an audit policy; from v1.13 on'),
})
/** Settings of a program that runs as a static pod. */
export type Component = Omit<z.output<typeof componentSchema>, 'extraVolumes'> &
  Partial<Pick<z.output<typeof componentSchema>, 'extraVolumes'>>

/** An image other than kubeadm's. */
const image = {
  imageRepository: z.string().optional().describe('the registry of its image; by default that of the others'),
  imageTag: z.string().optional().describe("the tag of its image; by default kubeadm's"),
}

/** The etcd of each control-plane node. */
export const etcdSchema = settingsMap({
  ...image,
  quotaBackendBytes: z
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      'the most bytes that the database can have (etcd: 2 GiB); more make etcd raise the alarm NOSPACE',
    ),
  extraArgs: extraArgs(),
  extraEnvs: extraEnvs(),
})

/** CoreDNS. */
export const dnsSchema = settingsMap({
  ...image,
  disabled: z.boolean().optional().describe('whether kubeadm leaves CoreDNS out; from v1.31 on'),
})

/** Whether kube-proxy is there. */
export const proxySchema = settingsMap({
  disabled: z.boolean().optional().describe('whether kubeadm leaves kube-proxy out; from v1.31 on'),
})

/** Fields of KubeletConfiguration; all that kubelets know can be given. */
export const kubeletSchema = z.looseObject({
  failCgroupV1: z
    .boolean()
    .optional()
    .describe(
      'false lets kubelets run on hosts with cgroup v1, which they refuse from v1.35 on; known from v1.31 on',
    ),
  maxPods: z.number().int().positive().optional().describe('the most pods on a node (kubelet: 110)'),
  serializeImagePulls: z.boolean().optional().describe('whether images are pulled one after another'),
  evictionHard: z
    .record(z.string(), z.string())
    .optional()
    .describe('when pods are evicted, such as nodefs.available: 5%'),
  imageGCHighThresholdPercent: z
    .number()
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('the percentage of the disk in use at which unused images are removed; 100 keeps them'),
})

/** Fields of KubeProxyConfiguration; all that kube-proxy knows can be given. */
export const kubeProxySchema = z.looseObject({
  mode: z
    .enum(['iptables', 'ipvs', 'nftables'])
    .optional()
    .describe('how services are reached; nftables from v1.31 on'),
})

/** Seconds for each step of kubeadm. */
export const timeoutsSchema = settingsMap({
  controlPlaneComponentHealthCheck: duration().optional().describe('seconds until a component is healthy'),
  kubeletHealthCheck: duration().optional().describe('seconds until the kubelet is healthy'),
  kubernetesAPICall: duration().optional().describe('seconds for a call of the API server'),
  etcdAPICall: duration().optional().describe('seconds for a call of etcd'),
  tlsBootstrap: duration().optional().describe('seconds until a kubelet has its certificate'),
  discovery: duration().optional().describe('seconds until a joining node has found the cluster'),
  upgradeManifests: duration().optional().describe('seconds until a static pod is upgraded'),
})

/** A taint of a node. */
export const taintSchema = settingsMap({
  key: z.string().describe('the key'),
  value: z.string().optional().describe('the value'),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).describe('what happens to pods'),
})

const secondsOf = (period: string): number =>
  [...period.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1),
    0,
  )

/** A period as Go writes it, such as 8760h. */
export const periodSchema = z
  .string()
  .regex(/^(?=\d)(?:\d+h)?(?:\d+m)?(?:\d+s)?$/, 'must be hours, minutes and seconds, such as 8760h or 1h30m')
  .refine((text) => secondsOf(text) >= 3600, 'must be at least 1h, such as 8760h')

/** A document that is laid over the one of its kind. */
export const documentSchema = z.looseObject({
  kind: z.string().describe('the kind of the document, such as ClusterConfiguration'),
  apiVersion: z.string().optional().describe('its version; by default that of the configuration'),
})
