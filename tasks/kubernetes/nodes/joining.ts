/** Whether a host can join a cluster: its programs and its name. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { oldNodeAddresses } from '../kubeadm/old-node.ts'
import { apiVersions, kubeadmFault, kubeletFault, versionIn } from '../kubeadm/skew.ts'

/** A host before its join. */
export interface WorkerCandidate {
  /** The name that its node is to have. */
  readonly name: string
  /** The addresses that its kubelet reports, comma-separated; undefined for the host's own choice. */
  readonly nodeIp?: string | undefined
  /** The version of Kubernetes that the cluster has. */
  readonly version: string
  /** The version that is installed before the join; undefined if the programs stay. */
  readonly installs?: string | undefined
}

/** The name and an address of the node of a host that joins. */
export const placeOf = (
  { host }: CheckContext,
  { name, nodeIp }: Pick<WorkerCandidate, 'name' | 'nodeIp'>,
): { readonly name: string; readonly address: string } => ({
  name,
  address: nodeIp?.split(',')[0] ?? host.address,
})

/** The versions of kubeadm and the kubelet, as they say. */
const installed = async ({ remote }: CheckContext): Promise<readonly [kubeadm: string, kubelet: string]> => {
  const [kubeadm, kubelet] = await Promise.all([
    remote.query`kubeadm version -o short`.text(),
    remote.query`kubelet --version`.text(),
  ])
  return [kubeadm.trim(), versionIn(kubelet) ?? kubelet.trim()]
}

/**
 * Refuses programs that do not go with the cluster, and the name of another machine, before a host joins.
 *
 * @param via a control-plane node.
 * @throws `task-failed` for a kubelet that is newer than an API server or too old for one, for a kubeadm of another minor release, and for
 *   the name of another machine;
 *   `command-failed` if one of them is missing.
 */
export const requireFitting = async (
  ctx: CheckContext,
  via: CheckContext,
  joining: WorkerCandidate,
): Promise<void> => {
  const { version, installs } = joining
  const [[kubeadm, kubelet], servers] = await Promise.all([
    installs === undefined ? installed(ctx) : ([installs, installs] as const),
    apiVersions(via),
    oldNodeAddresses(ctx, via, placeOf(ctx, joining)),
  ])
  const faults = [
    ...servers.flatMap((server) => kubeletFault(kubelet, server) ?? []),
    ...[kubeadmFault(kubeadm, version)].flatMap((fault) => fault ?? []),
  ]
  if (faults.length === 0) return
  throw new CoxswainError('task-failed', `${ctx.host.name} cannot join: ${[...new Set(faults)].join('; ')}`, {
    hint: `install kubeadm and kubelet ${version} on ${ctx.host.name}, or set install.from in the inventory`,
  })
}
