/** Whether a host is a worker of a cluster, and whether it can become one. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { authorityOn } from '../kubeadm/bootstrap-token.ts'
import { certificatesInKubeconfig, credentialFault } from '../kubeadm/credentials.ts'
import { kubeletCredential } from '../kubeadm/kubelet-client.ts'
import { inBetween } from '../kubeadm/master-state.ts'
import {
  adminConf,
  bootstrapConf,
  kubeletConf,
  kubeletConfig,
  manifest,
  pki,
  unfinishedPath,
} from '../kubeadm/paths.ts'
import { refuseControlPlane, refuseOtherCluster, refuseOtherName } from './membership.ts'
import { findNode } from './node.ts'
import type { NodeObject } from './node.ts'

/** The state of a host with regard to being a worker. */
export interface WorkerState {
  /** `deleted`: it was a node of this cluster, which does not have it any more; its kubelet can register it again. */
  readonly kind: 'new' | 'unfinished' | 'deleted' | 'joined'
  /** Whether a join was begun and not recorded as complete. */
  readonly marked: boolean
  /** The certificate of the cluster's authority. */
  readonly authority: string
}

/** Whether a host is a node of some cluster. */
export const isNode = ({ remote }: CheckContext): Promise<boolean> => remote.exists(kubeletConf)

const refuse = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint })

const controlPlaneParts = [manifest('kube-apiserver'), manifest('etcd'), adminConf]

/**
 * Refuses a kubelet whose certificate has expired, and which does not report: it cannot authenticate itself any more, nor renew its
 * certificate. It is not reset by itself: its pods still run, and the clock of the host can be wrong.
 *
 * @throws `task-failed` with the dates and the ways out.
 */
const refuseExpired = async (
  ctx: CheckContext,
  node: NodeObject | undefined,
  { via, name }: { readonly via: CheckContext; readonly name: string },
): Promise<void> => {
  // it has other credentials, or the clock of the host is wrong
  if (node?.reports === true) return
  const [credential, clock] = await Promise.all([kubeletCredential(ctx), ctx.remote.query`date +%s`.text()])
  if (credential?.certificate === undefined) return
  const { path, certificate: text } = credential
  const fault = credentialFault({ path, text }, new Date(Number(clock) * 1000))
  if (fault?.kind !== 'expired') return
  throw refuse(
    `the kubelet of ${ctx.host.name} cannot authenticate itself: ${fault.message}`,
    `compare the clock of ${ctx.host.name} with that of ${via.host.name}; if it is right, put the output of this on ${via.host.name} into ${kubeletConf} on ${ctx.host.name}, and restart the kubelet: kubeadm kubeconfig user --org system:nodes --client-name system:node:${name}; or, if its pods can be ended, run reset-node on ${ctx.host.name}, and run again`,
  )
}

/**
 * The state of a host with regard to being a worker.
 *
 * @param via a control-plane node.
 * @param name the name that its node has, or is to have.
 * @throws `task-failed` for a control-plane node, a node of another cluster, a node of another name, a kubelet whose certificate has
 *   expired, and for remains of a node that are not clear.
 */
export const workerState = async (
  ctx: CheckContext,
  via: CheckContext,
  name: string,
): Promise<WorkerState> => {
  const { remote } = ctx
  const group = 'workers'
  await refuseControlPlane(ctx, group, controlPlaneParts)
  const [conf, bootstrap, kubelet, credential, ca, marked, ours, node] = await Promise.all([
    remote.read(kubeletConf),
    remote.read(bootstrapConf),
    remote.exists(kubeletConfig),
    kubeletCredential(ctx),
    remote.read(`${pki}/ca.crt`),
    remote.exists(unfinishedPath),
    authorityOn(via, `${via.host.name} is not a control-plane node`),
    findNode(via, name),
  ])
  const text = conf ?? bootstrap
  if (text !== undefined)
    refuseOtherCluster(ctx, {
      group,
      text,
      trusted: certificatesInKubeconfig(text).authority ?? ca ?? '',
      ours,
    })
  const state = (kind: WorkerState['kind']): WorkerState => ({ kind, marked, authority: ours })
  // kubeadm up to 1.15 leaves bootstrap-kubelet.conf on workers that have joined
  const isBootstrapping = bootstrap !== undefined && (marked || node === undefined)
  if (conf === undefined || !kubelet || isBootstrapping) {
    if (marked) return state('unfinished')
    if (text === undefined) return state('new')
    const lacking = [...(conf === undefined ? [kubeletConf] : []), ...(kubelet ? [] : [kubeletConfig])]
    throw inBetween(
      ctx,
      lacking.length === 0
        ? `has ${bootstrapConf} of a join that was not completed`
        : `has a part of a node, but lacks ${lacking.join(', ')}`,
    )
  }
  const { host } = ctx
  refuseOtherName(
    ctx,
    credential?.certificate,
    name,
    `or remove it from the cluster first: run reset-node on ${host.name}`,
  )
  await refuseExpired(ctx, node, { via, name })
  return state(node === undefined ? 'deleted' : 'joined')
}
