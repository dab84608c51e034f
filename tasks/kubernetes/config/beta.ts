/**
 * v1beta1 to v1beta4 (1.13 and later): kubeadm supports stacked etcd, so every control-plane node has the same
 * configuration.
 */
import type { Cluster, HostConfig } from '../kubeadm/settings.ts'
import type { ReleaseFacts } from '../kubeadm/versions/release.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { argumentsOf, unlessEmpty } from './arguments.ts'
import { apiServerSans, kubeProxyDocuments, kubeletDocuments } from './documents.ts'
import { etcdComponent } from './etcd-arguments.ts'
import { nodeRegistration } from './node-registration.ts'

/** Seconds as Go reads them. */
export const timeoutsOf = ({ timeouts }: Pick<Cluster, 'timeouts'>): Document | undefined =>
  timeouts &&
  unlessEmpty(
    Object.fromEntries(
      Object.entries(timeouts).map(([name, seconds]) => [
        name,
        seconds === undefined ? undefined : `${seconds}s`,
      ]),
    ),
  )

const etcdOf = (cluster: Cluster, facts: ReleaseFacts): Document | undefined => {
  const local = unlessEmpty({
    imageRepository: cluster.etcd?.imageRepository,
    imageTag: cluster.etcd?.imageTag,
    ...argumentsOf(facts, etcdComponent(cluster)),
  })
  return local && { local }
}

/** InitConfiguration, ClusterConfiguration, and those of kubelet and kube-proxy. */
export const beta = (config: HostConfig, facts: ReleaseFacts): Document[] => {
  const { cluster, self } = config
  const apiVersion = `kubeadm.k8s.io/${facts.configApi}`
  const { patches, dns, proxy } = cluster
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: self.address, bindPort: cluster.bindPort },
      nodeRegistration: nodeRegistration(config, facts),
      patches: patches === undefined ? undefined : { directory: patches },
      timeouts: timeoutsOf(cluster),
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      kubernetesVersion: cluster.kubernetesVersion,
      controlPlaneEndpoint: cluster.controlPlaneEndpoint,
      apiServer: { certSANs: apiServerSans(cluster), ...argumentsOf(facts, cluster.apiServer) },
      controllerManager: unlessEmpty(argumentsOf(facts, cluster.controllerManager)),
      scheduler: unlessEmpty(argumentsOf(facts, cluster.scheduler)),
      etcd: etcdOf(cluster, facts),
      dns: dns && unlessEmpty(dns),
      proxy: proxy && unlessEmpty(proxy),
      networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
      imageRepository: cluster.imageRepository,
      featureGates: cluster.featureGates,
      certificateValidityPeriod: cluster.certificateValidityPeriod,
      caCertificateValidityPeriod: cluster.caCertificateValidityPeriod,
      encryptionAlgorithm: cluster.encryptionAlgorithm,
    },
    ...kubeletDocuments(cluster),
    ...kubeProxyDocuments(cluster, facts),
  ]
}
