/** What the kubeadm configuration of a control-plane node says, with everything that was laid over it. Pure. */
import type { EtcdNames } from '../kubeadm/certificates.ts'
import { clusterDifferences } from '../kubeadm/cluster-differences.ts'
import type { Difference } from '../kubeadm/cluster-differences.ts'
import type { Component } from '../kubeadm/component-settings.ts'
import { hostOf } from '../kubeadm/settings.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import type { unknownSettings } from '../kubeadm/versions/unknown-settings.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { addonsLeftOut, skippedAddons } from './addons.ts'
import type { Addon } from './addons.ts'
import { configDocuments } from './render.ts'

/** A value in a document by the names of its fields; undefined if there is none. */
export const valueAt = (document: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (isMap(found) ? found[key] : undefined), document)

const mapAt = (document: unknown, ...path: readonly string[]): Document => {
  const found = valueAt(document, ...path)
  return isMap(found) ? found : {}
}

/** A value of one word in a document, as a text; undefined if there is none. */
export const textAt = (document: unknown, ...path: readonly string[]): string | undefined => {
  const found = valueAt(document, ...path)
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : undefined
}

const flagAt = (document: unknown, ...path: readonly string[]): boolean | undefined => {
  const found = valueAt(document, ...path)
  return typeof found === 'boolean' ? found : undefined
}

const textsAt = (document: unknown, ...path: readonly string[]): string[] => {
  const found = valueAt(document, ...path)
  return Array.isArray(found) ? found.map(String) : []
}

/** Names and values in either of their forms: a map, or a list with several values of one name. */
export const pairsIn = (value: unknown): Record<string, string | string[]> => {
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]))
  const values = new Map<string, string[]>()
  for (const one of Array.isArray(value) ? value.filter(isMap) : [])
    values.set(String(one['name']), [...(values.get(String(one['name'])) ?? []), String(one['value'])])
  return Object.fromEntries(
    [...values].map(([name, found]) => [name, found.length === 1 ? (found[0] ?? '') : found]),
  )
}

/** The settings of a configuration that are judged, by the names that the tasks have for them. */
export type RenderedSettings = Parameters<typeof unknownSettings>[0] & { readonly kubelet: Document }

/** The document of the cluster, that of a node, and those of the kubelets and of kube-proxy: v1alpha2 has all in one. */
export const partsOf = (documents: readonly Document[]) => {
  const ofKind = (kind: string): Document | undefined => documents.find((one) => one['kind'] === kind)
  const single = ofKind('MasterConfiguration')
  return {
    cluster: single ?? ofKind('ClusterConfiguration') ?? {},
    node: single ?? ofKind('InitConfiguration') ?? {},
    kubelet: ofKind('KubeletConfiguration') ?? mapAt(single, 'kubeletConfiguration', 'baseConfig'),
    kubeProxy: ofKind('KubeProxyConfiguration') ?? mapAt(single, 'kubeProxy', 'config'),
  }
}

const volumesIn = (value: unknown): NonNullable<Component['extraVolumes']> =>
  (Array.isArray(value) ? value.filter(isMap) : []).map((one) => ({
    name: String(one['name']),
    hostPath: String(one['hostPath']),
    mountPath: String(one['mountPath']),
    readOnly: one['readOnly'] === true,
  }))

const componentAt = (cluster: Document, ...path: readonly string[]): Component => {
  const of = mapAt(cluster, ...path)
  // up to 1.12, in fields of their own
  const [name = ''] = path
  const envs = Object.entries(pairsIn(of['extraEnvs']))
  return {
    extraArgs: pairsIn(of['extraArgs'] ?? cluster[`${name}ExtraArgs`]),
    extraEnvs: Object.fromEntries(envs.map(([key, value]) => [key, String(value)])),
    extraVolumes: volumesIn(of['extraVolumes'] ?? cluster[`${name}ExtraVolumes`]),
  }
}

const imageAt = (cluster: Document, ...path: readonly string[]) => ({
  imageRepository: textAt(cluster, ...path, 'imageRepository'),
  imageTag: textAt(cluster, ...path, 'imageTag'),
})

/** The settings in the documents of a configuration. */
export const settingsIn = (documents: readonly Document[]): RenderedSettings => {
  const { cluster, node, kubelet, kubeProxy } = partsOf(documents)
  const gates = Object.entries(mapAt(cluster, 'featureGates'))
  const timeouts = valueAt(node, 'timeouts')
  return {
    podSubnet: textAt(cluster, 'networking', 'podSubnet') ?? '',
    serviceSubnet: textAt(cluster, 'networking', 'serviceSubnet'),
    featureGates: Object.fromEntries(gates.map(([name, value]) => [name, value === true])),
    apiServer: componentAt(cluster, 'apiServer'),
    controllerManager: componentAt(cluster, 'controllerManager'),
    scheduler: componentAt(cluster, 'scheduler'),
    etcd: { ...componentAt(cluster, 'etcd', 'local'), ...imageAt(cluster, 'etcd', 'local') },
    kubeletExtraArgs: pairsIn(valueAt(node, 'nodeRegistration', 'kubeletExtraArgs')),
    kubelet: { ...kubelet, failCgroupV1: flagAt(kubelet, 'failCgroupV1') },
    kubeProxy: { ...kubeProxy, mode: textAt(kubeProxy, 'mode') },
    dns: { ...imageAt(cluster, 'dns'), disabled: flagAt(cluster, 'dns', 'disabled') },
    proxy: { disabled: flagAt(cluster, 'proxy', 'disabled') },
    patches: textAt(node, 'patches', 'directory'),
    timeouts: isMap(timeouts) ? timeouts : undefined,
    certificateValidityPeriod: textAt(cluster, 'certificateValidityPeriod'),
    caCertificateValidityPeriod: textAt(cluster, 'caCertificateValidityPeriod'),
    encryptionAlgorithm: textAt(cluster, 'encryptionAlgorithm'),
    imagePullPolicy: textAt(node, 'nodeRegistration', 'imagePullPolicy'),
    imagePullSerial: flagAt(node, 'nodeRegistration', 'imagePullSerial'),
  }
}

/** The settings of a configuration, with what `merge` lays over it. */
export const renderedSettings = (config: HostConfig): RenderedSettings => settingsIn(configDocuments(config))

/** The names of a configuration for the certificate of the API server. kubeadm adds the host of the endpoint. */
export const namesIn = (documents: readonly Document[]): string[] => {
  const { cluster } = partsOf(documents)
  return [...textsAt(cluster, 'apiServer', 'certSANs'), ...textsAt(cluster, 'apiServerCertSANs')]
}

/** The names that the certificate of the API server must have. */
export const apiServerNamesOf = (config: HostConfig): string[] => [
  ...new Set([hostOf(config.cluster.controlPlaneEndpoint), ...namesIn(configDocuments(config))]),
]

/** The names that `merge` sets for the certificates of etcd; up to 1.12, those of each node. */
export const etcdNamesOf = (config: HostConfig): EtcdNames => {
  const { cluster } = partsOf(configDocuments(config))
  return {
    serverCertSANs: textsAt(cluster, 'etcd', 'local', 'serverCertSANs'),
    peerCertSANs: textsAt(cluster, 'etcd', 'local', 'peerCertSANs'),
  }
}

/** The addons that `kubeadm init` does not create with a configuration. */
export const addonsLeftOutOf = (config: HostConfig): Addon[] =>
  addonsLeftOut(configDocuments(config), config.cluster.skipPhases)

/** Where a configuration differs from the document that the cluster keeps of itself. */
export const differencesFrom = (living: Document, config: HostConfig): Difference[] => {
  const documents = configDocuments(config)
  const { kubernetesVersion, skipPhases } = config.cluster
  return clusterDifferences(partsOf(documents).cluster, living, {
    applies: factsOf(kubernetesVersion).dryRunsPhases,
    skipped: skippedAddons(documents, skipPhases),
  })
}
