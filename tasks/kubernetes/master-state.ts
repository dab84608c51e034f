import type { CheckContext } from '../../engine/index.ts'
import { apiReady } from './kubectl.ts'
import { adminConf, controlPlane, etcdData, kubeletConf, kubeletConfig, manifest } from './paths.ts'

/** What is there of a master, read in one round trip. */
export interface MasterState {
  /** Any trace of kubeadm. */
  readonly touched: boolean
  /** etcd data that somebody may need. */
  readonly hasData: boolean
  readonly etcdManifest: boolean
  /** All files that a finished master has. */
  readonly complete: boolean
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
  const [ready, hasData, ...present] = await Promise.all([
    apiReady(ctx, address, port),
    ctx.remote.exists(etcdData),
    ...files.map((path) => ctx.remote.exists(path)),
  ])
  return {
    ready,
    hasData,
    touched: hasData || present.includes(true),
    complete: hasData && !present.includes(false),
    etcdManifest: present[files.indexOf(manifest('etcd'))] === true,
  }
}
