/** The part of the configuration that is about one node. */
import type { Cluster, HostConfig } from '../kubeadm/settings.ts'
import type { ReleaseFacts } from '../kubeadm/versions/release.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { argumentsIn } from './arguments.ts'

/** What a configuration says about one node. */
export interface RegisteredNode {
  readonly self: { readonly name: string }
  readonly nodeIp?: HostConfig['nodeIp']
  readonly cluster: Pick<
    Cluster,
    'criSocket' | 'imagePullPolicy' | 'imagePullSerial' | 'kubeletExtraArgs' | 'taints'
  >
}

/** `nodeRegistration`, of the first control-plane node and of nodes that join. */
export const nodeRegistration = (config: RegisteredNode, facts: ReleaseFacts): Document => {
  const { cluster, self, nodeIp } = config
  const { criSocket, imagePullPolicy, imagePullSerial } = cluster
  return {
    name: self.name,
    criSocket,
    kubeletExtraArgs: argumentsIn(facts, {
      ...(nodeIp !== undefined && { 'node-ip': nodeIp }),
      ...cluster.kubeletExtraArgs,
    }),
    // kubeadm adds its own where there is no list
    taints: cluster.taints,
    imagePullPolicy,
    imagePullSerial,
  }
}
