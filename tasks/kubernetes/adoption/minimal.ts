/** The settings of a cluster that must be written down: those that are not the default. Pure. */
import { clusterSchema } from '../kubeadm/settings.ts'
import type { Cluster } from '../kubeadm/settings.ts'
import { isMap } from '../kubeadm/yaml.ts'
import { filled, isEmpty } from './filled.ts'

/** Programs: a part of one that is empty says nothing. */
const programs = new Set(['apiServer', 'controllerManager', 'scheduler', 'etcd'])

/** What a cluster cannot change later is written also where it is the default. */
const always = new Set(['kubernetesVersion', 'controlPlaneEndpoint', 'podSubnet', 'serviceSubnet'])

/** The settings that are not the default, by their names, in the order of the schema. */
export const minimalSettings = (cluster: Cluster): Record<string, unknown> => {
  const { kubernetesVersion, controlPlaneEndpoint } = cluster
  const defaults: Readonly<Record<string, unknown>> = {
    ...clusterSchema.parse({ kubernetesVersion, controlPlaneEndpoint }),
  }
  return Object.fromEntries(
    Object.entries(cluster).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
      const own = programs.has(name) && isMap(value) ? filled(value) : value
      // no taints is another setting than kubeadm's taints
      if (name !== 'taints' && isEmpty(own)) return []
      if (own === undefined || (!always.has(name) && isSame(own, defaults[name]))) return []
      return [[name, own]]
    }),
  )
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
