import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { hasDataOfEtcd } from '../etcd/data.ts'
import { requireDiskOfEtcd } from '../etcd/disk.ts'
import { apiReady } from './kubectl.ts'
import {
  adminConf,
  controlPlane,
  etcdData,
  kubeletConf,
  kubeletConfig,
  manifest,
  unfinishedPath,
} from './paths.ts'

/** The state of a control-plane node, read in one round trip. */
export interface MasterState {
  /** Whether there is any trace of kubeadm. */
  readonly touched: boolean
  /** Whether an init or join has started and not ended, so that it can be started again. */
  readonly unfinished: boolean
  /** Whether there is etcd data, which must not be deleted. */
  readonly hasData: boolean
  readonly etcdManifest: boolean
  /** Files of a complete control-plane node that are missing here. */
  readonly lacking: readonly string[]
  /** Whether its own API server is ready. */
  readonly ready: boolean
}

const files = [adminConf, kubeletConf, kubeletConfig, manifest('etcd'), ...controlPlane.map(manifest)]

/**
 * Reads the state of a control-plane node.
 *
 * @throws `task-failed` if it does not have data of etcd because its disk is not mounted, or because its data is in another folder.
 */
export const masterState = async (
  ctx: CheckContext,
  address: string,
  port?: number,
): Promise<MasterState> => {
  const [ready, hasData, unfinished, ...present] = await Promise.all([
    apiReady(ctx, address, port),
    hasDataOfEtcd(ctx),
    ctx.remote.exists(unfinishedPath),
    ...files.map((path) => ctx.remote.exists(path)),
  ])
  if (!hasData) await requireDiskOfEtcd(ctx)
  const lacking = files.filter((_, index) => present[index] !== true)
  return {
    ready,
    hasData,
    unfinished,
    touched: hasData || lacking.length < files.length,
    lacking: hasData ? lacking : [...lacking, etcdData],
    etcdManifest: !lacking.includes(manifest('etcd')),
  }
}

/** Records that an init or join starts. */
export const begin = async ({ remote }: ApplyContext, kind = 'master'): Promise<void> => {
  await remote.makeDirectory('/etc/coxswain')
  await remote.write(unfinishedPath, `becoming a ${kind}; gone when it is one\n`)
}

/** Records that an init or join is complete. */
export const finished = ({ remote }: ApplyContext): Promise<void> => remote.remove(unfinishedPath)

/** The error for a host whose API server is ready, although something is missing: it is part of the cluster, and not reset. */
export const serves = ({ host }: CheckContext, lacking: readonly string[]): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `the API server of ${host.name} is ready, but ${host.name} lacks ${lacking.join(', ')}; nothing was changed`,
    {
      hint: `bring back what is missing, for example with kubeadm init phase (kubeconfig, kubelet-start, control-plane) and the configuration on ${host.name}; to replace the master all the same, run playbooks/replace-master.ts`,
    },
  )

/** The error for a host that is neither new, nor interrupted, nor complete: only a person can decide what to do. */
export const inBetween = ({ host }: CheckContext, what: string): CoxswainError =>
  new CoxswainError('task-failed', `${host.name} ${what}`, {
    hint: `check it (journalctl -u kubelet; /var/log/pods); to delete its data, run reset-node on ${host.name}`,
  })
