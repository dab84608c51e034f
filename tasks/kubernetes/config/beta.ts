/** v1beta1 to v1beta4 (1.13 and later): kubeadm knows how to stack etcd, so every master is told the same. */
import type { HostConfig } from '../kubeadm/settings.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { apiServerSans, kubeProxyDocuments, kubeletDocuments } from './documents.ts'

const documents =
  (version: string, proxyMode?: string) =>
  (config: HostConfig): Document[] => {
    const { cluster, self } = config
    const apiVersion = `kubeadm.k8s.io/${version}`
    return [
      {
        apiVersion,
        kind: 'InitConfiguration',
        localAPIEndpoint: { advertiseAddress: self.address, bindPort: cluster.bindPort },
        nodeRegistration: { name: self.name, criSocket: cluster.criSocket },
      },
      {
        apiVersion,
        kind: 'ClusterConfiguration',
        kubernetesVersion: cluster.kubernetesVersion,
        controlPlaneEndpoint: cluster.controlPlaneEndpoint,
        apiServer: { certSANs: apiServerSans(cluster) },
        networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
        imageRepository: cluster.imageRepository,
      },
      ...kubeletDocuments(cluster),
      ...kubeProxyDocuments(cluster, proxyMode),
    ]
  }

export const v1beta1 = documents('v1beta1')
export const v1beta2 = documents('v1beta2')
export const v1beta3 = documents('v1beta3')
export const v1beta4 = documents('v1beta4', 'iptables')
