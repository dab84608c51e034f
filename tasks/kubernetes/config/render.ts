import type { ConfigVersion, ReleaseFacts } from '../kubeadm/versions/release.ts'
import { factsOf } from '../kubeadm/versions.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { withSkippedDisabled } from './addons.ts'
import { v1alpha2, v1alpha3 } from './alpha.ts'
import { beta } from './beta.ts'
import { withDocuments } from './merge.ts'
import { asYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'

const renderers: Readonly<Record<ConfigVersion, (config: HostConfig, facts: ReleaseFacts) => Document[]>> = {
  v1alpha2,
  v1alpha3,
  v1beta1: beta,
  v1beta2: beta,
  v1beta3: beta,
  v1beta4: beta,
}

/** The documents that the settings make, without what `merge` lays over them. */
export const baseDocuments = (config: HostConfig): Document[] => {
  const facts = factsOf(config.cluster.kubernetesVersion)
  return renderers[facts.configApi](config, facts)
}

/**
 * The documents of the kubeadm configuration of a control-plane node.
 *
 * @throws `params-invalid` for a document of `merge` that kubeadm would not read.
 */
export const configDocuments = (config: HostConfig): Document[] => {
  const { kubernetesVersion, merge, skipPhases } = config.cluster
  const facts = factsOf(kubernetesVersion)
  const documents = withDocuments(baseDocuments(config), merge)
  return facts.disablesAddons ? withSkippedDisabled(documents, skipPhases) : documents
}

/** The kubeadm configuration of a control-plane node, in the format of its Kubernetes version. */
export const renderConfig = (config: HostConfig): string => asYaml(configDocuments(config))
