/** What a control-plane node has that no object of the cluster says. */
import type { CheckContext } from '../../../engine/index.ts'
import { accountOf } from '../../system/accounts/account.ts'
import { apiNamesOf, sharedFiles } from '../kubeadm/certificates.ts'
import { kubeletCredential } from '../kubeadm/kubelet-client.ts'
import {
  adminConf,
  etcdFolder,
  kubeletConfig,
  kubeletFlags,
  kubeletInstanceConfig,
} from '../kubeadm/paths.ts'
import { argumentOf, containerIn, portOf } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import { refuseOtherName } from '../nodes/membership.ts'
import { allKubeletFlagsIn, extraKubeletFlagsIn } from '../reconfigure/differences.ts'
import { otherEtcdFolder } from './read-cluster.ts'
import { isComplete } from '../reconfigure/master-files.ts'
import { refuseStopped } from '../reconfigure/stopped-pods.ts'
import { extraFlagFiles } from '../reconfigure/without-dry-run.ts'

/** A control-plane node of a cluster. */
export interface LivingMaster {
  readonly name: string
  /** The address and the port of its API server. */
  readonly address: string
  readonly port: number
  /** The --node-ip of its kubelet. */
  readonly nodeIp: string | undefined
  readonly criSocket: string | undefined
  /** The names in the certificate of its API server. */
  readonly apiNames: readonly string[]
  /** The sums of the files that all masters share; undefined for one that is not there. */
  readonly shared: ReadonlyMap<string, string | undefined>
  /** Whether swap is on. */
  readonly hasSwap: boolean
  /** Whether root has a copy of admin.conf that only root can read. */
  readonly rootHasKubeconfig: boolean
  /** Arguments of the kubelet in files that kubeadm does not write. */
  readonly otherFlags: readonly string[]
}

const socketIn = (text: string | undefined): string | undefined =>
  /^containerRuntimeEndpoint: *"?([^"\s]+)/m.exec(text ?? '')?.[1]

/** The folder of etcd's data, or of its log, where it is not the usual one. */
const otherFolderIn = (manifest: string): string | undefined => {
  const container = containerIn(manifest, 'the manifest of etcd')
  const data = argumentOf(container, 'data-dir')
  const wal = argumentOf(container, 'wal-dir')
  if (wal !== undefined) return wal
  if (data !== undefined && data !== etcdFolder) return data
  const mounted = /hostPath:\s*\n\s*path: (\S+)\s*\n(?:\s*type: \S+\s*\n)?\s*name: etcd-data\b/.exec(
    manifest,
  )?.[1]
  return mounted === undefined || mounted === etcdFolder ? undefined : mounted
}

const rootHasKubeconfig = async (ctx: CheckContext): Promise<boolean> => {
  const path = `${(await accountOf(ctx, 'root')).home}/.kube/config`
  const [wanted, sum, stat] = await Promise.all([
    ctx.remote.sha256(adminConf),
    ctx.remote.sha256(path),
    ctx.remote.stat(path),
  ])
  return sum !== undefined && sum === wanted && stat?.mode === '0600' && stat.owner === 'root'
}

/**
 * Reads a control-plane node.
 *
 * @param name that of its node.
 * @returns undefined for a host that is not a complete control-plane node.
 * @throws `task-failed` for a node of another name, and one that an interrupted run has left stopped.
 */
export const readMaster = async (ctx: CheckContext, name: string): Promise<LivingMaster | undefined> => {
  const { remote } = ctx
  if (!(await isComplete(ctx))) return undefined
  await refuseStopped(ctx)
  const credential = await kubeletCredential(ctx)
  refuseOtherName(ctx, credential?.certificate, name, 'then run again; nothing was changed')
  const [apiServer = '', flags = '', instance, swaps, apiNames, config, etcd = '', isRoot] =
    await Promise.all([
      manifestText(ctx, 'kube-apiserver'),
      remote.read(kubeletFlags),
      remote.read(kubeletInstanceConfig),
      remote.read('/proc/swaps'),
      apiNamesOf(ctx),
      remote.read(kubeletConfig),
      manifestText(ctx, 'etcd'),
      rootHasKubeconfig(ctx),
    ])
  const extra = await Promise.all(extraFlagFiles.map((path) => remote.read(path)))
  const own = allKubeletFlagsIn(flags)
  const sums = await Promise.all(sharedFiles.map((path) => remote.sha256(path)))
  const folder = otherFolderIn(etcd)
  if (folder !== undefined) throw otherEtcdFolder(`${folder} on ${ctx.host.name}`)
  return {
    name,
    address: argumentOf(containerIn(apiServer, 'the manifest of kube-apiserver'), 'advertise-address') ?? '',
    port: portOf('kube-apiserver', apiServer),
    nodeIp: own.get('node-ip'),
    criSocket: own.get('container-runtime-endpoint') ?? socketIn(instance) ?? socketIn(config),
    apiNames,
    shared: new Map(sharedFiles.map((path, index) => [path, sums[index]])),
    hasSwap: (swaps ?? '').trim().split('\n').length > 1,
    rootHasKubeconfig: isRoot,
    otherFlags: extraFlagFiles.filter((_, index) => extraKubeletFlagsIn(extra[index] ?? '').size > 0),
  }
}
