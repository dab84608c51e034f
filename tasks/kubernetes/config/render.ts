import { configVersionFor } from '../kubeadm/version.ts'
import type { ConfigVersion } from '../kubeadm/version.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { v1alpha2, v1alpha3 } from './alpha.ts'
import { v1beta1, v1beta2, v1beta3, v1beta4 } from './beta.ts'
import { asYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

const renderers: Readonly<Record<ConfigVersion, (config: HostConfig) => Document[]>> = {
  v1alpha2,
  v1alpha3,
  v1beta1,
  v1beta2,
  v1beta3,
  v1beta4,
}

/** A master's kubeadm configuration, in the dialect of the Kubernetes version that it names. */
export const renderConfig = (config: HostConfig): string =>
  asYaml(renderers[configVersionFor(config.cluster.kubernetesVersion)](config))
