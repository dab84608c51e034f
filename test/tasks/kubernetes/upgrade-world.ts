/** A control-plane node of a version, for tests of upgrades. */
import type { World } from '../../../engine/testing.ts'

/** The members of etcd on three control-plane nodes. */
export const members = () =>
  ['m1', 'm2', 'm3'].map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
const pod = (name: string, version: string): string =>
  JSON.stringify({ spec: { containers: [{ image: `registry.k8s.io/${name}:${version}`, command: [name] }] } })
/** The manifests of a control plane of a version. */
export const manifestsOf = (version: string): Record<string, string> =>
  Object.fromEntries(components.map((name) => [`/etc/kubernetes/manifests/${name}.yaml`, pod(name, version)]))

/** The version before. */
export const from = 'v1.36.3'
/** The version after. */
export const to = 'v1.37.2'
/** The files of a control-plane node of a version. */
export const files = (version = from): NonNullable<World['files']> => ({
  ...manifestsOf(version),
  '/etc/kubernetes/manifests/etcd.yaml': 'etcd',
  '/etc/kubernetes/admin.conf': 'x',
})
