/** Documents of kubeadm_config_merge that say something else than the variables, with which all other tasks go on. Pure. */
import { isSameValue } from '../../network/addresses/same-value.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { byName, entriesOf } from './named-lists.ts'

/** The variable of the playbooks for the beginning of a path. The first one that fits counts. */
const variables: readonly (readonly [path: RegExp, variable: string])[] = [
  [/\.kubernetesVersion$/, 'kubernetes_version'],
  [/\.controlPlaneEndpoint$/, 'control_plane_endpoint'],
  [/\.(localAPIEndpoint|apiEndpoint|api)\.advertiseAddress$/, 'advertise_address'],
  [/\.(localAPIEndpoint|apiEndpoint|api)\.bindPort$/, 'api_port'],
  [/\.(localAPIEndpoint|apiEndpoint|api)$/, 'advertise_address and api_port'],
  [/\.nodeRegistration\.name$/, 'the name of the host in the inventory'],
  [/\.kubeletExtraArgs\.node-ip$/, 'node_ip'],
  [/\.kubeletExtraArgs\b/, 'kubelet_extra_args'],
  [/\.nodeRegistration\.criSocket$/, 'cri_socket'],
  [/\.nodeRegistration\.taints$/, 'taints'],
  [/\.nodeRegistration\.imagePullPolicy$/, 'image_pull_policy'],
  [/\.nodeRegistration\.imagePullSerial$/, 'image_pull_serial'],
  [/\.patches\b/, 'patches'],
  [/\.timeouts\b/, 'timeouts'],
  [/\.networking\.podSubnet$/, 'pod_subnet'],
  [/\.networking\.serviceSubnet$/, 'service_subnet'],
  [/\.imageRepository$/, 'image_repository'],
  [/^KubeletConfiguration\.cgroupDriver$/, 'cgroup_driver or kubelet'],
  [/^KubeletConfiguration\.failSwapOn$/, 'fail_swap_on or kubelet'],
  [/^KubeletConfiguration\b|\.kubeletConfiguration\b/, 'kubelet'],
  [/^KubeProxyConfiguration\.conntrack\.maxPerCore$/, 'kube_proxy_conntrack_max_per_core or kube_proxy'],
  [/^KubeProxyConfiguration\b|\.kubeProxy\b/, 'kube_proxy'],
  [/\.featureGates\b/, 'feature_gates'],
  [/\.apiServer/, 'api_server'],
  [/\.controllerManager/, 'controller_manager'],
  [/\.scheduler/, 'scheduler'],
  [/\.etcd\b/, 'etcd'],
  [/\.dns\b/, 'dns'],
  [/\.proxy\b/, 'proxy'],
  [/\.certificateValidityPeriod$/, 'certificate_validity_period'],
  [/\.caCertificateValidityPeriod$/, 'ca_certificate_validity_period'],
  [/\.encryptionAlgorithm$/, 'encryption_algorithm'],
]

/** What `merge` can replace: names of certificates, which have a check of their own, and what no variable has set. */
const isReplaceable = (path: string, { cluster }: HostConfig, value: unknown): boolean =>
  /\.(apiServer\.certSANs|apiServerCertSANs)$/.test(path) ||
  // a cluster that was made without it
  (path.endsWith('.networking.podSubnet') && value === '') ||
  (/^KubeProxyConfiguration\.mode$/.test(path) && cluster.kubeProxy?.mode === undefined)

/** Values of arguments and variables of programs can be secret. */
const isHidden = (path: string): boolean => /\.\w*[eE]xtra(Args|Envs)\b/.test(path)

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const isSame = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string'
    ? isSameValue(one, other)
    : JSON.stringify(one) === JSON.stringify(other)

const inWords = (path: string, before: unknown, value: unknown): string => {
  const variable = variables.find(([pattern]) => pattern.test(path))?.[1] ?? 'its variable'
  const values = isHidden(path) ? ['another value', 'one'] : [shown(value), shown(before)]
  return `kubeadm_config_merge sets ${path} to ${values[0]}, but the variables set it to ${values[1]}, which everything else uses: change ${variable} instead`
}

/** The places in a value that another one contradicts. */
const placesIn = (
  path: string,
  before: unknown,
  value: unknown,
  found: (path: string, before: unknown, value: unknown) => string[],
): string[] => {
  if (before === undefined) return []
  if (isMap(before) && isMap(value))
    return Object.entries(value).flatMap(([key, inner]) => {
      const [base, change] = [entriesOf(key, before[key]), entriesOf(key, inner)]
      if (base === undefined || change === undefined)
        return placesIn(`${path}.${key}`, before[key], inner, found)
      const there = byName(base)
      return [...byName(change)].flatMap(([name, entries]) => {
        const other = there.get(name)
        return other === undefined || isSame(other, entries)
          ? []
          : found(`${path}.${key}.${name}`, other, entries)
      })
    })
  return isSame(before, value) ? [] : found(path, before, value)
}

/**
 * What documents of `merge` set to another value than the variables, for an error.
 *
 * @param base the documents that are made from the variables alone.
 */
export const contradictions = (config: HostConfig, base: readonly Document[]): string[] =>
  config.cluster.merge.flatMap(({ kind, apiVersion: _apiVersion, ...fields }) =>
    placesIn(
      kind,
      base.find((one) => one['kind'] === kind),
      fields,
      (path, before, value) => (isReplaceable(path, config, value) ? [] : [inWords(path, before, value)]),
    ),
  )
