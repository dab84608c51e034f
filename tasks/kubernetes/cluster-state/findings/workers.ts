/** What is wrong with the versions of nodes that are not control-plane nodes. Pure. */
import { finding } from '../../../shared/finding.ts'
import type { Finding } from '../../../shared/finding.ts'
import { kubeletFault } from '../../kubeadm/skew.ts'
import { nodeOf } from '../nodes.ts'
import type { ClusterState } from '../types.ts'

const isVersion = (text: string): boolean => /^v1\.\d+/.test(text)

/** Kubelets of workers that do not go with an API server: those of control-plane nodes are judged on their hosts. */
export const findingsOfWorkers = ({ masters, nodes }: ClusterState): Finding[] => {
  if (!nodes.known) return []
  const servers = masters.flatMap(({ host }) =>
    host.known
      ? host.value.pods.flatMap(({ name, version }) => (name === 'kube-apiserver' ? (version ?? []) : []))
      : [],
  )
  return nodes.value
    .filter((node) => isVersion(node.kubelet) && !masters.some((one) => nodeOf([node], one) !== undefined))
    .flatMap(({ name, kubelet }) => {
      const [fault] = servers.filter(isVersion).flatMap((server) => kubeletFault(kubelet, server) ?? [])
      return fault === undefined
        ? []
        : [
            finding(
              name,
              'fault',
              fault,
              'give the node a kubelet that is not newer than any API server, and not older than they accept',
            ),
          ]
    })
}
