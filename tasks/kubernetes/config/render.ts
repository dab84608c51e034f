import { stringify } from 'yaml'
import { configVersionFor } from '../version.ts'
import type { ConfigVersion } from '../version.ts'
import type { HostConfig } from '../settings.ts'
import { v1alpha2, v1alpha3 } from './alpha.ts'
import { v1beta1, v1beta2, v1beta3, v1beta4 } from './beta.ts'
import type { Document } from './documents.ts'

const renderers: Readonly<Record<ConfigVersion, (config: HostConfig) => Document[]>> = {
  v1alpha2,
  v1alpha3,
  v1beta1,
  v1beta2,
  v1beta3,
  v1beta4,
}

/** YAML documents one after another. */
export const asYaml = (documents: readonly Document[]): string =>
  documents.map((document) => stringify(document, { keepUndefined: false })).join('---\n')

/** A master's kubeadm configuration, in the dialect of the Kubernetes version that it names. */
export const renderConfig = (config: HostConfig): string =>
  asYaml(renderers[configVersionFor(config.cluster.kubernetesVersion)](config))
