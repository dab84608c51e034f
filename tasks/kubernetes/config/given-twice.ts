/** Settings that two variables have: one of them would win without a word, and other tasks would go on with the other. Pure. */
import type { Cluster } from '../kubeadm/settings.ts'
import { isMap } from '../kubeadm/yaml.ts'

type Value = string | number | boolean

const plain = (value: unknown): Value | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined

interface Twice {
  /** As messages name them. */
  readonly names: readonly [one: string, other: string]
  readonly values: (cluster: Cluster) => readonly [one: unknown, other: unknown]
}

const pairs: readonly Twice[] = [
  {
    names: ['cgroup_driver', 'kubelet.cgroupDriver'],
    values: ({ cgroupDriver, kubelet }) => [cgroupDriver, kubelet?.['cgroupDriver']],
  },
  {
    names: ['fail_swap_on', 'kubelet.failSwapOn'],
    values: ({ failSwapOn, kubelet }) => [failSwapOn, kubelet?.['failSwapOn']],
  },
  {
    names: ['kube_proxy_conntrack_max_per_core', 'kube_proxy.conntrack.maxPerCore'],
    values: ({ kubeProxyConntrackMaxPerCore: most, kubeProxy }) => {
      const conntrack = kubeProxy?.['conntrack']
      return [most, isMap(conntrack) ? conntrack['maxPerCore'] : undefined]
    },
  },
  {
    names: ['etcd.quotaBackendBytes', 'etcd.extraArgs.quota-backend-bytes'],
    values: ({ etcd }) => [
      etcd?.quotaBackendBytes,
      [etcd?.extraArgs['quota-backend-bytes'] ?? []].flat().at(-1),
    ],
  },
]

/** Settings that are given twice, with different values, for an error. */
export const givenTwice = (cluster: Cluster): string[] =>
  pairs.flatMap(({ names: [name, otherName], values }) => {
    const [one, other] = values(cluster).map(plain)
    return one === undefined || other === undefined || String(one) === String(other)
      ? []
      : [`${name} is ${one}, and ${otherName} is ${other}: set one of them`]
  })
