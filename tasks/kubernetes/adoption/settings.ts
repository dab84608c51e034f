/** The settings of a cluster, from the configuration that it keeps of itself: write-config read backwards. Pure. */
import { configDocuments } from '../config/render.ts'
import { namesIn, partsOf, settingsIn, valueAt } from '../config/rendered.ts'
import { isUsualValue, leavesOf } from '../kubeadm/cluster-differences.ts'
import type { Component } from '../kubeadm/component-settings.ts'
import { clusterSchema, clusterSettings, hostOf } from '../kubeadm/settings.ts'
import type { Cluster } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { filled, isEmpty } from './filled.ts'

/** What a document says, and the paths in it that no setting can say. */
export interface ReadSettings {
  readonly cluster: Cluster
  readonly unsaid: readonly string[]
}

/** The address and the port of an API server. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Whether every variable has a value: others come from a Secret or a field of the pod. */
const hasPlainVariables = (program: unknown): boolean => {
  const list = isMap(program) ? program['extraEnvs'] : undefined
  return !Array.isArray(list) || list.every((one) => isMap(one) && typeof one['value'] === 'string')
}

/** A program's settings without what kubeadm wrote by itself; volumes as the document has them. */
const programAt = (living: Document, found: Component | undefined, ...path: readonly string[]): Document => {
  const program = valueAt(living, ...path)
  const volumes = isMap(program) ? program['extraVolumes'] : undefined
  const args = Object.entries(found?.extraArgs ?? {}).filter(
    ([name, value]) => !isUsualValue(`${path.join('.')}.extraArgs.${name}`, String(value)),
  )
  return filled({
    extraArgs: Object.fromEntries(args),
    extraEnvs: hasPlainVariables(program) ? found?.extraEnvs : undefined,
    // without the field, kubeadm lets the program write
    extraVolumes: Array.isArray(volumes)
      ? volumes.map((one: unknown) => (isMap(one) ? { readOnly: false, ...one } : one))
      : undefined,
  })
}

/** etcd's settings, with its quota as one of its own. */
const etcdOf = ({ extraArgs, ...others }: Document, image: Document): Document => {
  const { 'quota-backend-bytes': quota, ...rest } = isMap(extraArgs) ? extraArgs : {}
  const isNumber = typeof quota === 'string' && /^[1-9]\d{0,14}$/.test(quota)
  return filled({
    imageRepository: image['imageRepository'],
    imageTag: image['imageTag'],
    ...others,
    quotaBackendBytes: isNumber ? Number(quota) : undefined,
    extraArgs: { ...rest, ...(!isNumber && quota !== undefined && { 'quota-backend-bytes': quota }) },
  })
}

/** Periods that kubeadm sets where none is given. */
const usualPeriods: ReadonlySet<unknown> = new Set(['8760h0m0s', '87600h0m0s'])

const unlessUsual = (living: Document, path: string): unknown => {
  const value = valueAt(living, path)
  return usualPeriods.has(value) || (typeof value === 'string' && isUsualValue(path, value))
    ? undefined
    : value
}

/** The endpoint with its port; that of a cluster without one is the address of a master. */
const endpointOf = (living: Document, first: Endpoint): string => {
  const given = valueAt(living, 'controlPlaneEndpoint')
  const { address, port } = first
  if (typeof given !== 'string' || given === '')
    return `${address.includes(':') ? `[${address}]` : address}:${port}`
  return /:\d+$/.test(given.replace(/^\[.*\]/, '')) ? given : `${given}:${port}`
}

/** Settings by their names, without those that a schema does not accept: what they say stays in the document. */
const accepted = (all: Document): Document =>
  Object.fromEntries(
    Object.entries(filled(all)).filter(
      ([name, value]) =>
        Object.entries(clusterSettings)
          .find(([key]) => key === name)?.[1]
          .safeParse(value).success === true,
    ),
  )

/** The settings that a document of a cluster has, whatever else it says. */
const readSettings = (living: Document, first: Endpoint): Document => {
  const found = settingsIn([living])
  const endpoint = endpointOf(living, first)
  const { dns } = found
  return {
    kubernetesVersion: valueAt(living, 'kubernetesVersion'),
    controlPlaneEndpoint: endpoint,
    ...accepted({
      podSubnet: found.podSubnet === '' ? undefined : found.podSubnet,
      serviceSubnet: found.serviceSubnet,
      certSANs: [...new Set(namesIn([living]))].filter((name) => name !== hostOf(endpoint)),
      bindPort: first.port,
      apiServer: programAt(living, found.apiServer, 'apiServer'),
      controllerManager: programAt(living, found.controllerManager, 'controllerManager'),
      scheduler: programAt(living, found.scheduler, 'scheduler'),
      etcd: etcdOf(programAt(living, found.etcd && { ...found.etcd }, 'etcd', 'local'), { ...found.etcd }),
      dns: filled({ ...dns, disabled: dns?.disabled === true ? true : undefined }),
      proxy: found.proxy?.disabled === true ? found.proxy : undefined,
      featureGates: found.featureGates,
      imageRepository: unlessUsual(living, 'imageRepository'),
      certificateValidityPeriod: unlessUsual(living, 'certificateValidityPeriod'),
      caCertificateValidityPeriod: unlessUsual(living, 'caCertificateValidityPeriod'),
      encryptionAlgorithm: unlessUsual(living, 'encryptionAlgorithm'),
    }),
  }
}

/** Fields that have a setting in every case, or say only which document it is. */
const isSaid =
  /^(apiVersion|kind|controlPlaneEndpoint|kubernetesVersion|\w*[vV]alidityPeriod|apiServer\.certSANs)$/

/** Every value below a path but kubeadm's own, in any order. */
const leaves = (value: unknown, path: string): string =>
  leavesOf(value, path)
    .filter(([one, text]) => !isUsualValue(one, text))
    .map((leaf) => JSON.stringify(leaf))
    .toSorted()
    .join()

/** What one document says and another one, which is made from settings, does not. */
const restOf = (there: Document, made: Document, before = ''): Document =>
  filled(
    Object.fromEntries(
      Object.entries(there).map(([key, value]): [string, unknown] => {
        const path = before === '' ? key : `${before}.${key}`
        const other = made[key]
        if (isSaid.test(path)) return [key, undefined]
        if (isMap(value) && (other === undefined || isMap(other)))
          return [key, restOf(value, isMap(other) ? other : {}, path)]
        return [key, leaves(value ?? undefined, path) === leaves(other, path) ? undefined : value]
      }),
    ),
  )

/** With an empty network of pods where the configuration does not have one: the settings have a default there. */
const withPodSubnet = (living: Document): Document => {
  const networking = valueAt(living, 'networking')
  return { ...living, networking: { podSubnet: '', ...(isMap(networking) ? networking : {}) } }
}

/**
 * The settings that a cluster keeps of itself. What no setting of its own can say is in `merge`, as a ClusterConfiguration.
 *
 * @param living the ClusterConfiguration in the ConfigMap kubeadm-config, of a version that is known.
 * @param first the API server of a master, for what a cluster with one master leaves out.
 * @throws ZodError for settings that kubeadm of the version does not know.
 */
export const settingsOf = (living: Document, first: Endpoint): ReadSettings => {
  const settings = readSettings(living, first)
  const cluster = clusterSchema.parse(settings)
  const self = { name: 'm1', address: first.address }
  const made = partsOf(configDocuments({ cluster, self, members: [self] })).cluster
  const rest = restOf(withPodSubnet(living), made)
  if (isEmpty(rest)) return { cluster, unsaid: [] }
  const { configApi } = factsOf(cluster.kubernetesVersion)
  return living['apiVersion'] === `kubeadm.k8s.io/${configApi}`
    ? { cluster: { ...cluster, merge: [{ kind: 'ClusterConfiguration', ...rest }] }, unsaid: [] }
    : { cluster, unsaid: leavesOf(rest).map(([path]) => path) }
}
