/** The files of a control-plane node that kubeadm writes: as they are, and as they would be with the configuration. */
import type { Change, CheckContext } from '../../../engine/index.ts'
import { withNodeIp } from '../config/node-ip.ts'
import { hasDataOfEtcd } from '../etcd/data.ts'
import { adminConf, kubeletConfig, kubeletFlags, manifest, unfinishedPath } from '../kubeadm/paths.ts'
import { components } from '../kubeadm/pod-manifests.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import type { HostConfig } from '../kubeadm/settings.ts'
import { fileChanges, withFirstStart } from './differences.ts'
import { filesOfKubeadm, masterPhases } from './kubeadm-files.ts'

/** A file that kubeadm writes. */
export interface MasterFile {
  readonly path: string
  /** The static pod whose manifest it is; undefined for a file of the kubelet. */
  readonly pod: StaticPod | undefined
  readonly there: string
  readonly wanted: string
  /** What the file lacks; empty if it says what kubeadm would write. */
  readonly changes: readonly Change[]
}

/** Whether a host is a control-plane node that kubeadm has completed. An API server that an interrupted run has stopped is there. */
export const isComplete = async (ctx: CheckContext): Promise<boolean> => {
  const [admin, unfinished, kubelet, apiServer] = await Promise.all([
    ...[adminConf, unfinishedPath, kubeletConfig].map((path) => ctx.remote.exists(path)),
    manifestText(ctx, 'kube-apiserver'),
  ])
  return admin === true && unfinished === false && kubelet === true && apiServer !== undefined
}

/**
 * The files of a control-plane node, in the order in which they are changed: etcd first, the kubelet last.
 *
 * @throws `task-failed` if kubeadm does not accept the configuration.
 */
export const masterFiles = async (ctx: CheckContext, config: HostConfig): Promise<MasterFile[]> => {
  const places = [
    ...components.map((pod) => ({ path: manifest(pod), pod })),
    ...[kubeletConfig, kubeletFlags].map((path) => ({ path, pod: undefined })),
  ]
  const texts = await Promise.all(
    places.map(({ path, pod }) => (pod === undefined ? ctx.remote.read(path) : manifestText(ctx, pod))),
  )
  const stacked = texts[0] !== undefined || (await hasDataOfEtcd(ctx))
  const made = await filesOfKubeadm(ctx, await withNodeIp(ctx, config), masterPhases(stacked))
  return places.flatMap(({ path, pod }, index) => {
    const [there, text] = [texts[index], made.get(path)]
    if (there === undefined || text === undefined) return []
    const wanted = pod === 'etcd' ? withFirstStart(there, text) : text
    return [{ path, pod, there, wanted, changes: fileChanges(path, there, wanted) }]
  })
}

/** A change in words, such as `argument v of kube-apiserver: 2 → 3`. */
export const changeInWords = ({ what, from, to }: Change): string =>
  `${what}: ${String(from ?? '') || 'not set'} → ${String(to ?? '') || 'not set'}`
