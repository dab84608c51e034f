import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
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

/** What is there of a master, read in one round trip. */
export interface MasterState {
  /** Any trace of kubeadm. */
  readonly touched: boolean
  /** It began to become a master, and has not been told finished: what is there may be begun anew. */
  readonly unfinished: boolean
  /** etcd data that somebody may need. */
  readonly hasData: boolean
  readonly etcdManifest: boolean
  /** Files that a finished master has, and this one has not. */
  readonly lacking: readonly string[]
  /** Its own API server says that it is ready. */
  readonly ready: boolean
}

const files = [adminConf, kubeletConf, kubeletConfig, manifest('etcd'), ...controlPlane.map(manifest)]

/** Looks what is there of a master. */
export const masterState = async (
  ctx: CheckContext,
  address: string,
  port?: number,
): Promise<MasterState> => {
  const [ready, hasData, unfinished, ...present] = await Promise.all([
    apiReady(ctx, address, port),
    ctx.remote.exists(etcdData),
    ctx.remote.exists(unfinishedPath),
    ...files.map((path) => ctx.remote.exists(path)),
  ])
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

/** Notes that a host begins to become a master. */
export const begin = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.makeDirectory('/etc/coxswain')
  await remote.write(unfinishedPath, 'becoming a master; gone when it is one\n')
}

/** Notes that a host has become a master. */
export const finished = ({ remote }: ApplyContext): Promise<void> => remote.remove(unfinishedPath)

/** What to say of a host that is neither new, nor unfinished, nor a whole master: nobody but a person may decide. */
export const inBetween = ({ host }: CheckContext, what: string): CoxswainError =>
  new CoxswainError('task-failed', `${host.name} ${what}`, {
    hint: `check it (crictl ps -a; journalctl -u kubelet); to delete its data, run reset-node on ${host.name}`,
  })
