import type { ConfigVersion, ReleaseFacts } from '../kubeadm/versions/release.ts'
import { factsOf } from '../kubeadm/versions.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
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

/** The kubeadm configuration of a control-plane node, in the format of its Kubernetes version. */
export const renderConfig = (config: HostConfig): string => {
  const facts = factsOf(config.cluster.kubernetesVersion)
  return asYaml(withDocuments(renderers[facts.configApi](config, facts), config.cluster.merge))
}
