/** v1alpha2 (1.11) and v1alpha3 (1.12): before stacked etcd, so a master's etcd is told everything. */
import type { HostConfig } from '../kubeadm/settings.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { apiServerSans, kubeProxyDocuments, kubeletDocuments } from './documents.ts'
import { etcdArguments, etcdSans } from './etcd-arguments.ts'

const etcd = (config: HostConfig): Document => ({
  local: {
    extraArgs: etcdArguments(config),
    serverCertSANs: etcdSans(config),
    peerCertSANs: etcdSans(config),
  },
})

const withoutApiVersion = ([document]: readonly Document[]): Document | undefined => {
  if (document === undefined) return undefined
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = document
  return rest
}

/**
 * One flat MasterConfiguration. Kubelet and kube-proxy settings go inside it, and the API server finds its own address:
 * by the default route.
 */
export const v1alpha2 = (config: HostConfig): Document[] => {
  const { cluster } = config
  const baseConfig = withoutApiVersion(kubeletDocuments(cluster))
  const proxy = withoutApiVersion(kubeProxyDocuments(cluster))
  return [
    {
      apiVersion: 'kubeadm.k8s.io/v1alpha2',
      kind: 'MasterConfiguration',
      kubernetesVersion: cluster.kubernetesVersion,
      apiServerCertSANs: apiServerSans(cluster),
      api: {
        controlPlaneEndpoint: cluster.controlPlaneEndpoint,
        bindPort: cluster.bindPort === 6443 ? undefined : cluster.bindPort,
      },
      etcd: etcd(config),
      networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
      imageRepository: cluster.imageRepository,
      nodeRegistration: cluster.criSocket === undefined ? undefined : { criSocket: cluster.criSocket },
      kubeletConfiguration: baseConfig === undefined ? undefined : { baseConfig },
      kubeProxy: proxy === undefined ? undefined : { config: proxy },
    },
  ]
}

/** InitConfiguration and ClusterConfiguration appear, etcd is told as before. */
export const v1alpha3 = (config: HostConfig): Document[] => {
  const { cluster, self } = config
  const apiVersion = 'kubeadm.k8s.io/v1alpha3'
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      apiEndpoint: { advertiseAddress: self.address, bindPort: cluster.bindPort },
      nodeRegistration: { name: self.name, criSocket: cluster.criSocket },
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      kubernetesVersion: cluster.kubernetesVersion,
      controlPlaneEndpoint: cluster.controlPlaneEndpoint,
      apiServerCertSANs: apiServerSans(cluster),
      etcd: etcd(config),
      networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
      imageRepository: cluster.imageRepository,
    },
    ...kubeletDocuments(cluster),
    ...kubeProxyDocuments(cluster),
  ]
}
