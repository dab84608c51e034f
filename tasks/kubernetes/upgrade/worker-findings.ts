/** What an upgrade has to know of nodes that are not control-plane nodes. Pure. */
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import type { ClusterState } from '../cluster-state/types.ts'
import { factsOf, minorOf } from '../kubeadm/versions.ts'
import { isOlder } from './running.ts'

/** The nodes of a cluster by what becomes of them. */
export interface Workers {
  /** The control-plane nodes of the inventory. */
  readonly masters: ReadonlySet<string>
  /** The hosts that the upgrade also upgrades, after the control-plane nodes of each version. */
  readonly workers: readonly string[]
}

/** Kubelets that API servers of the upgrade path would not accept. */
export const skewFindings = (
  { nodes }: ClusterState,
  { masters, workers }: Workers,
  ahead: readonly string[],
): Finding[] => {
  if (!nodes.known)
    return [finding('nodes', 'not known', `their versions: ${nodes.why}`, 'run playbooks/status.ts')]
  return nodes.value.flatMap(({ name, kubelet }) => {
    if (masters.has(name) || !/^v1\.\d+/.test(kubelet)) return []
    // one that is upgraded on the way meets the first version only
    const versions = workers.includes(name) ? ahead.slice(0, 1) : ahead
    const first = versions.find(
      (version) => minorOf(version) - minorOf(kubelet) > factsOf(version).kubeletSkew,
    )
    return first === undefined
      ? []
      : [
          finding(
            name,
            'fault',
            `its kubelet ${kubelet} is too old for API servers of ${first}, which accept ${factsOf(first).kubeletSkew} minor releases before theirs`,
            `upgrade the kubelet of ${name} first`,
          ),
        ]
  })
}

/** Workers that are not nodes, and nodes that stay as they are because the inventory does not have them. */
export const workerFindings = (
  { nodes }: ClusterState,
  { masters, workers }: Workers,
  target: string,
): Finding[] => {
  if (!nodes.known) return []
  const names = new Set(nodes.value.map(({ name }) => name))
  return [
    ...workers
      .filter((name) => !names.has(name))
      .map((name) =>
        finding(
          name,
          'fault',
          'it is in the group workers, and not a node of the cluster',
          'let it join first (playbooks/workers.ts), or take it out of the group',
        ),
      ),
    ...nodes.value
      .filter(
        ({ name, kubelet }) => !masters.has(name) && !workers.includes(name) && isOlder(kubelet, target),
      )
      .map(({ name, kubelet }) =>
        finding(
          name,
          'warning',
          `its kubelet stays ${kubelet}: the inventory does not have it among the workers`,
          'add it to the group workers, or upgrade it by hand: kubeadm upgrade node, then its kubelet',
        ),
      ),
  ]
}
