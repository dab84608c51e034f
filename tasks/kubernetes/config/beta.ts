/** v1beta1 to v1beta4 (1.13 and later): kubeadm knows how to stack etcd, so a master is told little. */
import type { HostConfig } from '../settings.ts'
import type { Document } from '../yaml.ts'
import { apiServerSans, kubeProxyDocuments, kubeletDocuments } from './documents.ts'
import { joiningArguments } from './etcd-arguments.ts'

type ExtraArguments = (values: Record<string, string>) => unknown

/** From v1beta4 on, extra arguments are a list, because some flags may be given more than once. */
const asList: ExtraArguments = (values) => Object.entries(values).map(([name, value]) => ({ name, value }))
const asMap: ExtraArguments = (values) => values

const documents =
  (version: string, extra: ExtraArguments, proxyMode?: string) =>
  (config: HostConfig): Document[] => {
    const { cluster, self } = config
    const apiVersion = `kubeadm.k8s.io/${version}`
    const joining = joiningArguments(config)
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
        // these stay on the node: were they uploaded, every later master would inherit them (kubeadm issue 1468)
        etcd: joining === undefined ? undefined : { local: { extraArgs: extra(joining) } },
        networking: { podSubnet: cluster.podSubnet, serviceSubnet: cluster.serviceSubnet },
        imageRepository: cluster.imageRepository,
      },
      ...kubeletDocuments(cluster),
      ...kubeProxyDocuments(cluster, proxyMode),
    ]
  }

export const v1beta1 = documents('v1beta1', asMap)
export const v1beta2 = documents('v1beta2', asMap)
export const v1beta3 = documents('v1beta3', asMap)
export const v1beta4 = documents('v1beta4', asList, 'iptables')
