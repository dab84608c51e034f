import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { renderConfig } from './config/render.ts'
import { clusterDifferences } from './kubeadm/cluster-differences.ts'
import type { Difference } from './kubeadm/cluster-differences.ts'
import { kubectl, ownServer } from './kubeadm/kubectl.ts'
import { adminConf, unfinishedPath } from './kubeadm/paths.ts'
import { hostConfigSchema, networksFit } from './kubeadm/settings.ts'
import { readYaml } from './kubeadm/yaml.ts'
import type { Document } from './kubeadm/yaml.ts'

const kinds = new Set(['ClusterConfiguration', 'MasterConfiguration'])

const documentSchema = z.looseObject({ kind: z.string() })

/** The document about the cluster in a text. */
const clusterDocument = (text: string, source: string): Document | undefined =>
  readYaml(text, source)
    .flatMap((one) => documentSchema.safeParse(one).data ?? [])
    .find(({ kind }) => kinds.has(kind))

const configMap = z.object({ data: z.record(z.string(), z.string()) })

/** The configuration that a cluster keeps; undefined if there is no cluster yet, or it cannot be asked. */
const clusterConfig = async (ctx: CheckContext, server: string): Promise<Document | undefined> => {
  const [there, unfinished] = await Promise.all([
    ctx.remote.exists(adminConf),
    ctx.remote.exists(unfinishedPath),
  ])
  // an init that was interrupted is continued, and not yet a cluster
  if (!there || unfinished) return undefined
  const words = [
    '-n',
    'kube-system',
    'get',
    'configmap',
    'kubeadm-config',
    '--ignore-not-found',
    '-o',
    'json',
  ]
  const { ok: asked, stdout } = await kubectl(ctx, words, server).result()
  if (!asked || stdout.trim() === '') return undefined
  const { data } = configMap.parse(JSON.parse(stdout))
  return clusterDocument(data['ClusterConfiguration'] ?? data['MasterConfiguration'] ?? '', 'kubeadm-config')
}

const inWords = ({ setting, configured, cluster, way }: Difference): string =>
  `${setting} is ${configured ?? 'not set'}, but the cluster ${cluster === undefined ? 'does not have it' : `has ${cluster}`}: ${way}`

/** How to have the configuration of the cluster. */
const asInCluster = ({ setting, cluster }: Difference): string =>
  cluster === undefined ? `remove ${setting}` : `set ${setting} to ${cluster}`

/** Fails if the cluster that runs has other settings than the configuration, before anything is written. */
export const sameCluster = defineTask({
  name: 'same-cluster',
  description:
    'Fails if the cluster on a control-plane node has other settings than the configuration: kubeadm does not change them.',
  reads:
    'the ConfigMap kubeadm-config; nothing where there is no cluster yet, or its API server does not respond',
  example: {
    cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443' },
    self: { name: 'm1', address: '10.0.0.11' },
    members: [{ name: 'm1', address: '10.0.0.11' }],
  },
  params: () => hostConfigSchema.superRefine(networksFit),
  title: () => 'the cluster has the configured settings',

  async check(ctx, given) {
    const { self, cluster } = given
    const living = await clusterConfig(ctx, ownServer(self.address, cluster.bindPort))
    const configured = clusterDocument(renderConfig(given), 'the configuration')
    if (living === undefined || configured === undefined) return ok()
    const found = clusterDifferences(configured, living)
    if (found.length === 0) return ok()
    throw new CoxswainError('task-failed', `the cluster has other settings than the configuration`, {
      output: found.map(inWords).join('\n'),
      hint: `${found.map(asInCluster).join(', ')}; nothing was changed`,
    })
  },
})
