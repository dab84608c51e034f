/** Where a configuration differs from the cluster that runs: kubeadm does not apply it to what is there. Pure. */
import { isSameValue } from '../../network/addresses/same-value.ts'
import { addonDisabledBy } from '../config/addons.ts'
import type { Addon } from '../config/addons.ts'
import { fixedInConfiguration } from './fixed-settings.ts'
import { defaultServiceSubnet } from './network-rules.ts'
import { pki } from './paths.ts'
import { isMap } from './yaml.ts'
import type { Document } from './yaml.ts'

/** A setting that differs. */
export interface Difference {
  /** The variable of the playbooks, or the field of the configuration. */
  readonly setting: string
  /** The value that the cluster has; undefined if it does not have the setting. */
  readonly cluster: string | undefined
  /** The value of the configuration; undefined if it does not have the setting. */
  readonly configured: string | undefined
  /** How to have the configured value. */
  readonly way: string
  /** Whether the playbook reconfigure applies it. */
  readonly applied: boolean
}

const never = 'it cannot be changed in a cluster that runs'
const byHand =
  'to change it, edit the ConfigMap kubeadm-config, and run the phase of kubeadm that writes it on each master (kubeadm init phase --help)'
const etcdNames =
  'on one master after the other, move server.* and peer.* out of /etc/kubernetes/pki/etcd, run kubeadm init phase certs etcd-server and etcd-peer with this configuration, and restart etcd; then set it in the ConfigMap kubeadm-config'
const byReconfigure = 'to apply it, run playbooks/reconfigure.ts'

/** What kubeadm writes again: static pods, and what it keeps for masters that join and for upgrades. */
const appliedFields =
  /^encryptionAlgorithm$|^featureGates\.|^(apiServer|controllerManager|scheduler|etcd\.local)\.extra(Args|Envs|Volumes)\./

interface Known {
  readonly setting: string
  readonly way: string
  /** Values that mean the same as none: those that kubeadm sets by itself. */
  readonly usual: readonly string[]
}

const knownField = (setting: string, way: string, ...usual: readonly string[]): Known => ({
  setting,
  way,
  usual,
})

/** Fields that have a variable of their own, or a default of kubeadm. */
const known: Readonly<Record<string, Known>> = {
  'networking.podSubnet': knownField('pod_subnet', never),
  'networking.serviceSubnet': knownField('service_subnet', never, defaultServiceSubnet),
  'networking.dnsDomain': knownField('networking.dnsDomain', never, 'cluster.local'),
  controlPlaneEndpoint: knownField(
    'control_plane_endpoint',
    'to move the cluster to it while it serves, run playbooks/move-endpoint.ts',
  ),
  'api.controlPlaneEndpoint': knownField('control_plane_endpoint', byHand),
  'etcd.local.dataDir': knownField('etcd.local.dataDir', never, '/var/lib/etcd'),
  clusterName: knownField(
    'clusterName',
    `${never}: set it to what the cluster has, with kubeadm_config_merge`,
    'kubernetes',
  ),
  certificatesDir: knownField('certificatesDir', byHand, pki),
  kubernetesVersion: knownField('kubernetes_version', 'to upgrade, run playbooks/upgrade.ts'),
  imageRepository: knownField('image_repository', byHand, 'registry.k8s.io', 'k8s.gcr.io'),
  encryptionAlgorithm: knownField('encryptionAlgorithm', byHand, 'RSA-2048'),
  'etcd.local.serverCertSANs': knownField('etcd.local.serverCertSANs', etcdNames),
  'etcd.local.peerCertSANs': knownField('etcd.local.peerCertSANs', etcdNames),
  'dns.disabled': knownField('dns.disabled', byHand, 'false'),
  'proxy.disabled': knownField('proxy.disabled', byHand, 'false'),
  // up to 1.30, kubeadm writes it into the arguments that it was given, and an upgrade keeps it
  'apiServer.extraArgs.authorization-mode': knownField(
    'apiServer.extraArgs.authorization-mode',
    byHand,
    'Node,RBAC',
  ),
  'apiServerExtraArgs.authorization-mode': knownField(
    'apiServerExtraArgs.authorization-mode',
    byHand,
    'Node,RBAC',
  ),
}

/** @param applies whether the playbook reconfigure can change clusters of this version. */
const aboutField = (path: string, applies: boolean): Known & { readonly applied: boolean } => {
  const field = known[path] ?? knownField(path, byHand, ...(path.endsWith('.readOnly') ? ['false'] : []))
  const applied = applies && appliedFields.test(path)
  return { ...field, applied, way: applied ? byReconfigure : field.way }
}

/** Whether a value is one that kubeadm sets by itself, which means the same as none. */
export const isUsualValue = (path: string, value: string): boolean =>
  aboutField(path, false).usual.some((one) => isSameValue(one, value))

/** What only the cluster says is a difference in these fields: kubeadm sets them as it was asked to, or by a known default. */
const compared =
  /^(clusterName|networking\.(serviceSubnet|dnsDomain)|etcd\.local\.(dataDir|imageRepository|imageTag)|certificatesDir|imageRepository|encryptionAlgorithm|dns\.(disabled|imageRepository|imageTag)|proxy\.disabled)$|^featureGates\.|^((apiServer|controllerManager|scheduler|etcd\.local)\.extra(Args|Envs|Volumes)|(apiServer|controllerManager|scheduler)Extra(Args|Volumes))\./

/** Names of the API server are compared with its certificates; periods are only for new ones; the rest is of one node. */
const ignored =
  /^(apiVersion|kind|\w*Period|apiServerCertSANs|apiServer\.certSANs|api\.advertiseAddress|api\.bindPort|nodeRegistration|kubeletConfiguration|kubeProxy)(\.|$)/

/** What each master has for itself, up to 1.12. */
const ofOneNode = /^etcd\.local\.(extraArgs|serverCertSANs|peerCertSANs)/

/** A list of things with names as a map: arguments and variables to their values, volumes to their other fields. */
const asMap = (list: readonly unknown[]): Readonly<Record<string, unknown>> | undefined => {
  const named = list.flatMap((one) => (isMap(one) && 'name' in one ? [one] : []))
  if (named.length < list.length) return undefined
  const values = new Map<string, unknown[]>()
  for (const { name, ...rest } of named) {
    const key = String(name)
    values.set(key, [...(values.get(key) ?? []), 'value' in rest ? rest['value'] : rest])
  }
  const text = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one))
  const only = ([key, found]: [string, unknown[]]) => [
    key,
    found.length === 1 ? found[0] : found.map(text).join(', '),
  ]
  return Object.fromEntries([...values].map(only))
}

/** Names in certificates of etcd. */
const ofEtcdNames = /^etcd\.local\.(server|peer)CertSANs$/

/** Whether a list, as JSON, has all texts of another one. */
const hasAll = (list: string | undefined, of: string | undefined): boolean => {
  const texts = (one: string | undefined): unknown[] => {
    const read: unknown = one?.startsWith('[') === true ? JSON.parse(one) : []
    return Array.isArray(read) ? read : []
  }
  const there = new Set(texts(list))
  return texts(of).every((text) => there.has(text))
}

/** Every value of a document by its path, such as `apiServer.extraArgs.v`. */
export const leavesOf = (value: unknown, path = ''): [path: string, value: string][] => {
  if (value === undefined || value === null) return []
  const map = Array.isArray(value) ? asMap(value) : isMap(value) ? value : undefined
  if (map === undefined) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]]
  return Object.entries(map).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
}

/** Whether two endpoints are the same: one without a port has that of API servers. */
const isSameEndpoint = (there: string | undefined, given: string | undefined): boolean => {
  const full = (text: string | undefined): string | undefined =>
    text === undefined || /:\d+$/.test(text.replace(/^\[.*\]/, '')) ? text : `${text}:6443`
  return isSameValue(full(there), full(given))
}

interface Comparison {
  /** Whether the playbook reconfigure can change clusters of this version. */
  readonly applies?: boolean
  /** Addons whose phases are skipped: kubeadm of some releases notes that in the cluster, and others do not. */
  readonly skipped?: readonly Addon[]
}

/**
 * The settings of a configuration that differ from those of the cluster. What kubeadm sets by itself is not a difference.
 *
 * @param configured the document of the configuration.
 * @param cluster the same document as the cluster keeps it.
 */
export const clusterDifferences = (
  configured: Document,
  cluster: Document,
  { applies = false, skipped = [] }: Comparison = {},
): Difference[] => {
  const [wanted, running] = [new Map(leavesOf(configured)), new Map(leavesOf(cluster))]
  // up to 1.12, each master had etcd's arguments and names with its own addresses
  const perNode = /\/v1alpha[23]$/.test(String(configured['apiVersion']))
  const paths = [...new Set([...wanted.keys(), ...[...running.keys()].filter((path) => compared.test(path))])]
  return paths.flatMap((path) => {
    if (ignored.test(path) || (perNode && ofOneNode.test(path))) return []
    const { setting, usual, way, applied } = aboutField(path, applies)
    const [there, given] = [running.get(path), wanted.get(path)]
    const addon = addonDisabledBy(path)
    if (addon !== undefined && skipped.includes(addon)) return []
    // more names in a certificate do no harm
    if (ofEtcdNames.test(path) && hasAll(there, given)) return []
    // a cluster without it has a pod network that sets its own
    if (path === 'networking.podSubnet' && there === undefined) return []
    const isUsual = (value: string | undefined): boolean =>
      value === undefined || usual.some((one) => isSameValue(one, value))
    if (path === 'controlPlaneEndpoint' && isSameEndpoint(there, given)) return []
    if (isSameValue(there, given) || (isUsual(there) && isUsual(given))) return []
    const [only] = usual.length === 1 ? usual : []
    const difference = { setting, cluster: there ?? only, configured: given ?? only }
    const fixed = fixedInConfiguration(path, there, given)
    if (fixed === undefined) return [{ ...difference, way, applied }]
    return [{ ...difference, way: `it is not changed, because ${fixed.why}; ${fixed.way}`, applied: false }]
  })
}
