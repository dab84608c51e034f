/** What a cluster keeps of itself. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { readNodes } from '../cluster-state/read-api.ts'
import type { NodeState } from '../cluster-state/types.ts'
import { listMembers } from '../etcd/members.ts'
import { clusterDocument, saidConfigMapData } from '../kubeadm/cluster-config.ts'
import { etcdFolder, pki } from '../kubeadm/paths.ts'
import { missingTraces } from '../kubeadm/init-traces.ts'
import { isUsualValue } from '../kubeadm/cluster-differences.ts'
import { factsOf, kubeletConfigMapOf, refuseUnknownVersion } from '../kubeadm/versions.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { valueAt } from '../config/rendered.ts'
import { podNetworksOf } from '../networks/other-network.ts'

/** A cluster that is there. */
export interface LivingCluster {
  readonly document: Document
  readonly version: string
  /** The configuration of the kubelets. */
  readonly kubelet: Document
  /** The configuration of kube-proxy; undefined for a cluster without its ConfigMap. */
  readonly kubeProxy: Document | undefined
  /** The phases of `kubeadm init` whose objects the cluster does not have, such as `addon kube-proxy`. */
  readonly missing: readonly string[]
  readonly nodes: readonly NodeState[]
  /** The names of etcd's members; undefined where etcd does not say. */
  readonly members: readonly string[] | undefined
  /** Its pod networks, such as `flannel (DaemonSet kube-flannel/kube-flannel-ds)`. */
  readonly networks: readonly string[]
}

const refused = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint: `${hint}; nothing was changed` })

/** The error for data of etcd in another folder: the playbooks would take such a master for one without data. */
export const otherEtcdFolder = (folder: string): CoxswainError =>
  refused(
    `etcd has its data in ${folder}, and the playbooks know ${etcdFolder} only`,
    `mount the disk at ${etcdFolder}, one master at a time, or keep this cluster with what made it`,
  )

/**
 * Refuses what ha-masters does not run.
 *
 * @throws `task-failed` for an etcd or certificates elsewhere, and for releases whose kubeadm does not say what it writes.
 */
export const refuseForeign = (document: Document): string => {
  const version = String(document['kubernetesVersion'])
  refuseUnknownVersion(version, false)
  if (!factsOf(version).dryRunsPhases)
    throw refused(
      `the cluster is of Kubernetes ${version}, whose kubeadm does not say what it writes: it does from v1.31 on`,
      'upgrade the cluster first, or write the variables by hand: docs/kubernetes.md has them all',
    )
  if (valueAt(document, 'etcd', 'external') !== undefined)
    throw refused(
      'the cluster has an external etcd, and ha-masters runs etcd on the control-plane nodes only',
      'keep this cluster with what made it',
    )
  const { certificatesDir } = document
  if (typeof certificatesDir === 'string' && !isUsualValue('certificatesDir', certificatesDir))
    throw refused(
      `the certificates of the cluster are in ${certificatesDir}, and the playbooks know ${pki} only`,
      `move them to ${pki}, one master at a time, and set certificatesDir in the ConfigMap kubeadm-config`,
    )
  const dataDir = valueAt(document, 'etcd', 'local', 'dataDir')
  if (typeof dataDir === 'string' && !isUsualValue('etcd.local.dataDir', dataDir))
    throw otherEtcdFolder(dataDir)
  return version
}

const firstIn = (text: string | undefined, source: string): Document | undefined =>
  text === undefined ? undefined : readYaml(text, source).find(isMap)

/**
 * Reads what a cluster keeps of itself.
 *
 * @param server the API server to ask.
 * @throws `task-failed` if it does not say, or has what ha-masters does not run.
 */
export const readLivingCluster = async (ctx: CheckContext, server: string): Promise<LivingCluster> => {
  const kept = await saidConfigMapData(ctx, 'kubeadm-config', server)
  const document = clusterDocument(
    kept?.['ClusterConfiguration'] ?? kept?.['MasterConfiguration'] ?? '',
    'kubeadm-config',
  )
  if (document === undefined)
    throw refused(
      'the cluster does not have the ConfigMap kubeadm-config: kubeadm has not made it, or someone has removed it',
      'if kubeadm has made it, put it back with kubeadm init phase upload-config kubeadm and its configuration',
    )
  const version = refuseForeign(document)
  const name = kubeletConfigMapOf(version)
  const [kubelet, kubeProxy, traces, nodes, members, networks] = await Promise.all([
    saidConfigMapData(ctx, name, server),
    saidConfigMapData(ctx, 'kube-proxy', server),
    // what ha-masters would create
    missingTraces(ctx, { version, skipPhases: [], disabledAddons: [] }, server),
    readNodes(ctx, server),
    listMembers(ctx),
    podNetworksOf(ctx),
  ])
  const missing = traces.map(({ phase }) => phase)
  const ofKubelets = firstIn(kubelet?.['kubelet'], `the ConfigMap ${name}`)
  if (ofKubelets === undefined)
    throw refused(
      `the cluster does not have the ConfigMap ${name}, which nodes that join need`,
      'put it back with kubeadm init phase upload-config kubelet',
    )
  return {
    document,
    version,
    kubelet: ofKubelets,
    kubeProxy: firstIn(kubeProxy?.['config.conf'], 'the ConfigMap kube-proxy'),
    missing,
    nodes,
    members: members?.map((one) => one.name),
    networks,
  }
}
