/** What a cluster lacks of a pod network, and what forbids to change it. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { isWithin } from '../../network/addresses/networks.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { daemonSets } from '../pod-networks.ts'
import type { DaemonSet } from '../pod-networks.ts'
import { flannelConfigMap } from './flannel.ts'
import { lacksNetwork, networkNodes } from './network-nodes.ts'
import { recordText } from './record.ts'
import type { NetworkRecord } from './record.ts'

const fields = [
  'metadata.generation',
  'status.observedGeneration',
  'status.desiredNumberScheduled',
  'status.updatedNumberScheduled',
  'status.numberAvailable',
]

/**
 * What is missing until a DaemonSet runs in its current form on every node that it is meant for (`kubectl rollout status`).
 */
const notRolledOut = async (ctx: CheckContext, { name, namespace }: DaemonSet): Promise<string[]> => {
  const path = fields.map((field) => `{.${field}}`).join(',')
  const words = ['-n', namespace, 'get', 'daemonset', name, '-o', `jsonpath=${path}`]
  const { code, stdout } = await kubectl(ctx, words).result()
  if (code !== 0) return [`the DaemonSet ${name} does not exist`]
  const [generation = 0, seen = 0, wanted = 0, updated = 0, available = 0] = stdout.split(',').map(Number)
  if (seen < generation) return [`DaemonSet ${name} has not been processed yet`]
  const running = Math.min(updated, available)
  return running < wanted ? [`DaemonSet ${name} runs on ${running} of ${wanted} nodes`] : []
}

/** What nodes lack because of the pod network: it, or what flannel needs of the cluster. */
const withoutNetwork = async (ctx: CheckContext, text: string): Promise<string[]> => {
  const isFlannel = flannelConfigMap(text) !== undefined
  return (await networkNodes(ctx)).flatMap((node) => {
    if (!lacksNetwork(node)) return []
    const why =
      isFlannel && node.podCidrs.length === 0
        ? 'the cluster has not given it a network for its pods (spec.podCIDR), which flannel needs'
        : node.message
    return [`node ${node.name} is not Ready: ${why}`]
  })
}

/** What is missing until the network of a manifest runs, and all nodes have it. */
export const missingOf = async (ctx: CheckContext, text: string): Promise<string[]> => {
  const found = [...daemonSets(text).map((set) => notRolledOut(ctx, set)), withoutNetwork(ctx, text)]
  return (await Promise.all(found)).flat()
}

/**
 * Refuses nodes on which a change of a network could not be completed, or whose pods have addresses that it does not know.
 *
 * @param isRunning whether the network is there already, so that its pods are replaced on all nodes.
 * @throws `task-failed` with the nodes, and what to do.
 */
export const refuseNodes = async (
  ctx: CheckContext,
  {
    text,
    podCidr,
    isRunning,
  }: { readonly text: string; readonly podCidr: string; readonly isRunning: boolean },
): Promise<void> => {
  const nodes = await networkNodes(ctx)
  const away = isRunning ? nodes.filter((node) => !node.ready && !lacksNetwork(node)) : []
  if (away.length > 0)
    throw new CoxswainError(
      'task-failed',
      `the pod network is not changed while nodes are not Ready: ${away.map(({ name, message }) => `${name} (${message})`).join(', ')}`,
      {
        hint: 'bring them back, or remove them from the cluster: kubectl delete node NAME; nothing was changed',
      },
    )
  if (flannelConfigMap(text) === undefined) return
  const networks = podCidr.split(',')
  const other = nodes.find(({ podCidrs }) =>
    podCidrs.some((one) => !networks.some((network) => isWithin(one, network))),
  )
  if (other === undefined) return
  throw new CoxswainError(
    'task-failed',
    `pods of the node ${other.name} have addresses of ${other.podCidrs.join(' and ')}, which are not in ${podCidr}`,
    { hint: 'set pod_subnet to the network of the pods in the cluster; nothing was changed' },
  )
}

/** @throws `task-failed` while a network is being removed: what is on the hosts can be of both. */
export const refuseRemoval = (record: NetworkRecord | undefined): void => {
  if (record?.state !== 'removing') return
  throw new CoxswainError(
    'task-failed',
    `the removal of ${record.manifest} is not complete (${recordText})`,
    {
      hint: 'run playbooks/cni.ts -e cni_manifest=none -e cni_remove=true, which completes it; then run this again; nothing was changed',
    },
  )
}
