/** What the manifests of kubeadm's static pods say: flags, ports, addresses. Pure. */
import { controlPlane } from './paths.ts'

/** In the order in which they are restarted: each needs those before it. */
export const components = ['etcd', ...controlPlane] as const

/** A static pod of kubeadm. */
export type StaticPod = (typeof components)[number]

/** The ports that kubeadm does not write into every manifest. */
const defaultPorts: Readonly<Record<StaticPod, number>> = {
  etcd: 2379,
  'kube-apiserver': 6443,
  'kube-controller-manager': 10257,
  'kube-scheduler': 10259,
}

/** The value of a flag in a manifest. */
export const flagIn = (text: string, flag: string): string | undefined =>
  new RegExp(`--${flag}=(\\S+)`).exec(text)?.[1]

/** The port where a static pod listens. */
export const portOf = (pod: StaticPod, text: string): number =>
  Number((pod === 'etcd' ? undefined : flagIn(text, 'secure-port')) ?? defaultPorts[pod])
