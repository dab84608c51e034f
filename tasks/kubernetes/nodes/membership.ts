/** Of which cluster a host is a node, and under which name. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { hasDataOfEtcd } from '../etcd/data.ts'
import { publicKeyHash } from '../kubeadm/bootstrap-token.ts'
import { nodeNamedIn } from '../kubeadm/credentials.ts'
import { etcdData, kubeletConf } from '../kubeadm/paths.ts'
import { certificatesIn } from '../rotation/bundle.ts'

const refuse = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint })

/** The public keys of the certificates in a text. */
const keysIn = (text: string): string[] => certificatesIn(text).map(publicKeyHash)

/** What a host trusts, and what the cluster has. */
interface Trust {
  /** The group of the inventory in which the host is. */
  readonly group: 'workers' | 'removed_workers'
  /** The kubeconfig of its kubelet; undefined if only the certificate of an authority is left. */
  readonly text: string | undefined
  /** The certificates of the authorities that it trusts. */
  readonly trusted: string
  /** Those of the cluster. */
  readonly ours: string
}

/** @throws `task-failed` if a host trusts another authority than that of the cluster. */
export const refuseOtherCluster = (
  { host }: CheckContext,
  { group, text = '', trusted, ours }: Trust,
): void => {
  const keys = keysIn(ours)
  if (keysIn(trusted).length === 0)
    throw refuse(
      `the authority that the kubelet of ${host.name} trusts cannot be read: it is not known of which cluster it is a node`,
      `check certificate-authority-data in ${kubeletConf} on ${host.name}; or, if nothing there is needed, run reset-node on it`,
    )
  // an authority that is being replaced is there twice
  if (keysIn(trusted).some((key) => keys.includes(key))) return
  const server = /^\s*server: (\S+)/m.exec(text)?.[1] ?? 'an API server that is not known'
  throw refuse(
    `${host.name} is a node of another cluster, that of ${server}: it trusts another authority`,
    `take ${host.name} out of the group ${group}; or, if it is to leave that cluster, remove it there, and run reset-node on ${host.name}`,
  )
}

/**
 * @param client the client certificate of the kubelet.
 * @throws `task-failed` if the node of a host has another name.
 */
export const refuseOtherName = (
  { host }: CheckContext,
  client: string | undefined,
  name: string,
  way: string,
): void => {
  const own = nodeNamedIn(client ?? '')
  if (own === undefined || own === name) return
  throw refuse(
    `${host.name} is the node ${own} of this cluster, not ${name}`,
    `give the host the name ${own} in the inventory; ${way}`,
  )
}

/**
 * @param files of a control plane; data of etcd is looked for as well.
 * @throws `task-failed` for a host with parts of a control plane.
 */
export const refuseControlPlane = async (
  ctx: CheckContext,
  group: Trust['group'],
  files: readonly string[],
): Promise<void> => {
  const { host, remote } = ctx
  const parts = [...files, etcdData]
  const there = await Promise.all([...files.map((path) => remote.exists(path)), hasDataOfEtcd(ctx)])
  const found = parts.filter((_, index) => there[index] === true)
  if (found.length === 0) return
  throw refuse(
    `${host.name} is a control-plane node: it has ${found.join(', ')}`,
    `take ${host.name} out of the group ${group}; or remove it from its cluster first (remove-master), or run reset-node on ${host.name}`,
  )
}
