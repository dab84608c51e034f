/** v1alpha2 (1.11) and v1alpha3 (1.12): these versions do not support stacked etcd, so etcd gets all its arguments here. */
import type { Cluster, HostConfig } from '../kubeadm/settings.ts'
import type { ReleaseFacts } from '../kubeadm/versions/release.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { argumentsIn } from './arguments.ts'
import { apiServerSans, kubeProxyDocuments, kubeletDocuments } from './documents.ts'
import { etcdArguments, etcdComponent, etcdSans } from './etcd-arguments.ts'
import { nodeRegistration } from './node-registration.ts'

const etcd = (config: HostConfig, facts: ReleaseFacts): Document => ({
  local: {
    extraArgs: argumentsIn(facts, {
      ...etcdArguments(config),
      ...etcdComponent(config.cluster)?.extraArgs,
    }),
    serverCertSANs: etcdSans(config),
    peerCertSANs: etcdSans(config),
  },
})

/** The arguments of each program, in fields of their own. */
const extraArgs = (cluster: Cluster, facts: ReleaseFacts): Document => ({
  apiServerExtraArgs: argumentsIn(facts, cluster.apiServer?.extraArgs ?? {}),
  controllerManagerExtraArgs: argumentsIn(facts, cluster.controllerManager?.extraArgs ?? {}),
  schedulerExtraArgs: argumentsIn(facts, cluster.scheduler?.extraArgs ?? {}),
})

const withoutApiVersion = ([document]: readonly Document[]): Document | undefined => {
  if (document === undefined) return undefined
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = document
  return rest
}

/** A single MasterConfiguration, which contains the settings of kubelet and kube-proxy. */
export const v1alpha2 = (config: HostConfig, facts: ReleaseFacts): Document[] => {
  const { cluster, self } = config
  const baseConfig = withoutApiVersion(kubeletDocuments(cluster))
  const proxy = withoutApiVersion(kubeProxyDocuments(cluster, facts))
  return [
    {
      apiVersion: 'kubeadm.k8s.io/v1alpha2',
      kind: 'MasterConfiguration',
      kubernetesVersion: cluster.kubernetesVersion,
      apiServerCertSANs: apiServerSans(cluster),
      ...extraArgs(cluster, facts),
      api: {
        advertiseAddress: self.address,
        controlPlaneEndpoint: cluster.controlPlaneEndpoint,
        bindPort: cluster.bindPort === 6443 ? undefined : cluster.bindPort,
      },
      etcd: etcd(config, facts),
      networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
      imageRepository: cluster.imageRepository,
      featureGates: cluster.featureGates,
      nodeRegistration: nodeRegistration(config, facts),
      kubeletConfiguration: baseConfig === undefined ? undefined : { baseConfig },
      kubeProxy: proxy === undefined ? undefined : { config: proxy },
    },
  ]
}

/** Adds InitConfiguration and ClusterConfiguration; etcd gets all its arguments as before. */
export const v1alpha3 = (config: HostConfig, facts: ReleaseFacts): Document[] => {
  const { cluster, self } = config
  const apiVersion = 'kubeadm.k8s.io/v1alpha3'
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      apiEndpoint: { advertiseAddress: self.address, bindPort: cluster.bindPort },
      nodeRegistration: nodeRegistration(config, facts),
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      kubernetesVersion: cluster.kubernetesVersion,
      controlPlaneEndpoint: cluster.controlPlaneEndpoint,
      apiServerCertSANs: apiServerSans(cluster),
      ...extraArgs(cluster, facts),
      etcd: etcd(config, facts),
      networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
      imageRepository: cluster.imageRepository,
      featureGates: cluster.featureGates,
    },
    ...kubeletDocuments(cluster),
    ...kubeProxyDocuments(cluster, facts),
  ]
}
