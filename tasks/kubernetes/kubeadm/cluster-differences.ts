/** Where a configuration differs from the cluster that runs: kubeadm does not apply it to what is there. Pure. */
import { defaultServiceSubnet } from './network-rules.ts'
import { pki } from './paths.ts'
import { isMap } from './yaml.ts'
import type { Document } from './yaml.ts'

/** A setting that differs. */
export interface Difference {
  /** The variable of the playbooks, or the field of the configuration. */
  readonly setting: string
  readonly cluster: string
  readonly configured: string
  /** How to have the configured value. */
  readonly way: string
}

const never = 'it cannot be changed in a cluster that runs'
const byHand =
  'to change it, edit the ConfigMap kubeadm-config, and run the phase of kubeadm that writes it on each master (kubeadm init phase --help)'

interface Known {
  readonly setting: string
  /** The value of a cluster that does not say it. */
  readonly usual?: string
  readonly way: string
}

/** Fields that have a variable of their own, or a default of kubeadm. */
const known: Readonly<Record<string, Known>> = {
  'networking.podSubnet': { setting: 'pod_subnet', way: never },
  'networking.serviceSubnet': { setting: 'service_subnet', usual: defaultServiceSubnet, way: never },
  'networking.dnsDomain': { setting: 'networking.dnsDomain', usual: 'cluster.local', way: never },
  controlPlaneEndpoint: { setting: 'control_plane_endpoint', way: byHand },
  'api.controlPlaneEndpoint': { setting: 'control_plane_endpoint', way: byHand },
  'etcd.local.dataDir': { setting: 'etcd.local.dataDir', usual: '/var/lib/etcd', way: never },
  certificatesDir: { setting: 'certificatesDir', usual: pki, way: byHand },
  kubernetesVersion: { setting: 'kubernetes_version', way: 'to upgrade, see kubeadm upgrade' },
  imageRepository: { setting: 'image_repository', way: byHand },
}

/** Fields that a cluster must have as given, or as kubeadm sets them where the configuration does not say them. */
const always = ['networking.serviceSubnet', 'networking.dnsDomain', 'etcd.local.dataDir', 'certificatesDir']

/** Names in certificates are compared with the certificates; periods are only for new ones; the rest is of one node. */
const ignored =
  /^(apiVersion|kind|\w*Period|.*CertSANs|.*certSANs|api\.advertiseAddress|api\.bindPort|nodeRegistration|kubeletConfiguration|kubeProxy)(\.|$)/

/** A list of names and values as the map that it was before v1beta4; the last value of a name counts. */
const asMap = (value: readonly unknown[]): Readonly<Record<string, unknown>> | undefined =>
  value.every((one) => isMap(one) && 'name' in one)
    ? Object.fromEntries(value.map((one) => (isMap(one) ? [String(one['name']), one['value']] : [])))
    : undefined

/** Every value of a document by its path, such as `apiServer.extraArgs.v`. */
const leavesOf = (value: unknown, path = ''): [path: string, value: string][] => {
  if (value === undefined || value === null) return []
  const map = Array.isArray(value) ? asMap(value) : isMap(value) ? value : undefined
  if (map === undefined) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]]
  return Object.entries(map).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
}

/**
 * The settings of a configuration that differ from those of the cluster. What only the cluster says is not a difference, except for
 * fields with a default.
 *
 * @param configured the document of the configuration.
 * @param cluster the same document as the cluster keeps it.
 */
export const clusterDifferences = (configured: Document, cluster: Document): Difference[] => {
  const [wanted, running] = [new Map(leavesOf(configured)), new Map(leavesOf(cluster))]
  // up to 1.12, each master had etcd's arguments with its own addresses
  const perNode =
    configured['apiVersion'] === 'kubeadm.k8s.io/v1alpha2' ||
    configured['apiVersion'] === 'kubeadm.k8s.io/v1alpha3'
  const paths = [...new Set([...wanted.keys(), ...always])].filter(
    (path) => !ignored.test(path) && !(perNode && path.startsWith('etcd.local.extraArgs')),
  )
  return paths.flatMap((path) => {
    const about = known[path] ?? { setting: path, way: byHand }
    const there = running.get(path) ?? about.usual
    const given = wanted.get(path) ?? about.usual
    // a cluster without it has a pod network that sets its own
    if (path === 'networking.podSubnet' && there === undefined) return []
    return there === given
      ? []
      : [
          {
            setting: about.setting,
            cluster: there ?? 'not set',
            configured: given ?? 'not set',
            way: about.way,
          },
        ]
  })
}
