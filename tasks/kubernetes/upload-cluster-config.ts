import { CoxswainError, defineTask, driftUnlessEmpty } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { renderConfig } from './config/render.ts'
import { clusterDocument, keptConfig } from './kubeadm/cluster-config.ts'
import { leavesOf } from './kubeadm/cluster-differences.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { hostConfigSchema } from './kubeadm/settings.ts'
import { configFits } from './config/refused.ts'
import { differencesFrom } from './config/rendered.ts'
import type { HostConfig } from './kubeadm/settings.ts'
import type { Document } from './kubeadm/yaml.ts'
import { configMapChanges } from './reconfigure/config-maps.ts'
import { settingChange } from './reconfigure/differences.ts'
import { refuseFixed } from './reconfigure/refuse-fixed.ts'
import { exampleConfig } from './reconfigure/params.ts'
import { requireComparable } from './reconfigure/require-comparable.ts'

/** Names in the certificate of the API server, in the order of their setting. */
const namesIn = (document: Document): string =>
  leavesOf(document).find(([path]) => path === 'apiServer.certSANs')?.[1] ?? '[]'

const configChanges = (given: HostConfig, configured: Document, living: Document): Change[] => {
  const [from, to] = [namesIn(living), namesIn(configured)]
  return [
    ...differencesFrom(living, given).map(({ setting, cluster, configured: wanted }) =>
      settingChange(`${setting} in kubeadm-config`, cluster, wanted),
    ),
    ...(from === to ? [] : [{ what: 'apiServer.certSANs in kubeadm-config', from, to }]),
  ]
}

const changesOf = async (ctx: CheckContext, given: HostConfig): Promise<Change[]> => {
  const server = ownServer(given.self.address, given.cluster.bindPort)
  const living = await keptConfig(ctx, server)
  const configured = clusterDocument(renderConfig(given), 'the configuration')
  if (living === undefined || configured === undefined)
    throw new CoxswainError(
      'task-failed',
      `the API server of ${ctx.host.name} does not say what kubeadm-config has`,
      {
        hint: `check it: kubectl --server ${server} -n kube-system get configmap kubeadm-config; then run again`,
      },
    )
  const { kubelet } = await configMapChanges(ctx, given, server)
  refuseFixed('the cluster', kubelet)
  return [...configChanges(given, configured, living), ...kubelet]
}

/** Lets the cluster keep the configuration, for masters that join and for upgrades. */
export const uploadClusterConfig = defineTask({
  name: 'upload-cluster-config',
  description:
    'Writes the configuration into the ConfigMaps kubeadm-config and kubelet-config, which kubeadm uses for nodes that join and for upgrades. It does not change nodes.',
  reads: 'both ConfigMaps, and what kubeadm (v1.31 and later) would write',
  example: exampleConfig,
  params: () => hostConfigSchema.superRefine(configFits),
  title: () => 'the cluster keeps the configuration',

  async check(ctx, given) {
    await requireComparable(ctx, given.cluster.kubernetesVersion)
    return driftUnlessEmpty(await changesOf(ctx, given))
  },

  async apply({ remote }, given) {
    await remote.run({
      stdin: renderConfig(given),
      timeout: 120,
    })`kubeadm init phase upload-config all --config /dev/stdin`
  },
})
