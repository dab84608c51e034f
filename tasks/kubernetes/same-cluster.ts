import { CoxswainError, defineTask, flag, ok } from '../../engine/index.ts'
import type { Change, CheckContext, Verdict } from '../../engine/index.ts'
import { asked, valueOf } from './cluster-state/known.ts'
import { readNodes } from './cluster-state/read-api.ts'
import type { NodeState } from './cluster-state/types.ts'
import type { Difference } from './kubeadm/cluster-differences.ts'
import { clusterDocument, keptConfig } from './kubeadm/cluster-config.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { adminConf, kubeadmConfigPath, unfinishedPath } from './kubeadm/paths.ts'
import { hostConfigSchema } from './kubeadm/settings.ts'
import { insteadOf } from './config/owned-faults.ts'
import { configFits } from './config/refused.ts'
import { differencesFrom } from './config/rendered.ts'
import type { HostConfig } from './kubeadm/settings.ts'
import { factsOf } from './kubeadm/versions.ts'
import type { Document } from './kubeadm/yaml.ts'
import { encryptionFlag } from './encryption/record.ts'
import { configMapChanges } from './reconfigure/config-maps.ts'
import { isHidden, settingChange } from './reconfigure/differences.ts'
import { keptFiles } from './reconfigure/former-files.ts'
import { readFormer } from './reconfigure/former-kube-proxy.ts'
import { asItIs } from './rejoin/due.ts'
import { comparability } from './reconfigure/kubeadm-files.ts'
import { changeInWords } from './reconfigure/master-files.ts'
import { unappliedInWords } from './reconfigure/node-differences.ts'
import { unappliedOfCluster } from './reconfigure/without-dry-run.ts'

/** Whether a host has a cluster. An init that was interrupted is continued, and not yet one. */
const hasCluster = async ({ remote }: CheckContext): Promise<boolean> => {
  const [there, unfinished] = await Promise.all([remote.exists(adminConf), remote.exists(unfinishedPath)])
  return there && !unfinished
}

/**
 * The configuration that a host had last, where a run of reconfigure was interrupted: its API server might not run until
 * that is continued. undefined where none was.
 */
const lastConfig = async (ctx: CheckContext): Promise<Document | undefined> => {
  if ((await keptFiles(ctx)).length === 0) return undefined
  return clusterDocument((await ctx.remote.read(kubeadmConfigPath)) ?? '', kubeadmConfigPath)
}

/** @throws `task-failed`: nothing says whether the cluster has other settings that cannot be changed. */
const notAsked = ({ host }: CheckContext, server: string): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `the API server of ${host.name} does not say what kubeadm-config has, so the settings that cannot be changed are not compared`,
    {
      hint: `check it on ${host.name}: kubectl --kubeconfig ${adminConf} --server ${server} -n kube-system get configmap kubeadm-config; then run again; nothing was changed`,
    },
  )

const inWords = ({ setting, configured, cluster, way }: Difference): string => {
  const shown = settingChange(setting, cluster, configured)
  const value = String(shown.from ?? '')
  return `${setting} is ${String(shown.to ?? 'not set')}, but the cluster ${cluster === undefined ? 'does not have it' : `has ${value}`}: ${way}`
}

/** How to have the configuration of the cluster. */
const asInCluster = ({ setting, cluster }: Difference): string => {
  if (cluster === undefined)
    return setting.endsWith(`.${encryptionFlag}`)
      ? `run playbooks/rotate-keys.ts to begin to encrypt, or remove ${setting}`
      : `remove ${setting}`
  const instead = insteadOf(setting)
  if (instead !== undefined) return `${setting} is not set to ${cluster}: ${instead}`
  return isHidden(setting) ? `set ${setting} as in the cluster` : `set ${setting} to ${cluster}`
}

/** The changes of the ConfigMaps for kubelets and kube-proxy. */
const ofConfigMaps = async (ctx: CheckContext, given: HostConfig, server: string): Promise<Change[]> => {
  const { kubelet, kubeProxy } = await configMapChanges(ctx, given, server)
  return [...kubelet, ...kubeProxy]
}

/** What to do about nodes that are not Ready. */
const backOrRemoved = (nodes: readonly NodeState[]): string => {
  const names = nodes.map(({ name }) => name).join(' and ')
  const workers = nodes.filter(({ controlPlane }) => !controlPlane).map(({ name }) => name)
  const ways = [
    ...(workers.length < nodes.length ? ['playbooks/remove-master.ts for a master'] : []),
    ...(workers.length > 0 ? [`kubectl delete node ${workers.join(' ')} for workers`] : []),
  ]
  return `bring ${names} back first (not Ready), or remove what does not come back (${ways.join(', ')})`
}

/** @throws `task-failed` if a run of reconfigure was interrupted while it changed kube-proxy: what it has written was not proven yet. */
const refuseInterrupted = async (ctx: CheckContext, server: string): Promise<void> => {
  if ((await readFormer(ctx, server)) === undefined) return
  const again = 'run playbooks/reconfigure.ts again, which continues it; nothing was changed'
  const nodes = valueOf(await asked(() => readNodes(ctx, server))) ?? []
  const lost = nodes.filter(({ ready }) => !ready)
  throw new CoxswainError('task-failed', 'the reconfiguration of kube-proxy was interrupted', {
    hint:
      lost.length === 0 ? again : `${backOrRemoved(lost)}: kube-proxy must work on all nodes; then ${again}`,
  })
}

/** The variable that move-endpoint changes in a cluster. */
const endpointSetting = 'control_plane_endpoint'

/** Whether a change is one of the endpoint in the kubeconfig of kube-proxy. */
const isServerOfProxy = ({ what }: Change): boolean => /\bserver of kube-proxy's kubeconfig$/.test(what)

/** What was not compared, for the reader of the run. */
const without = (why: string) => ok(`not compared: ${why}`)

/** Fails if the cluster that runs has other settings than the configuration, before anything is written. */
export const sameCluster = defineTask({
  name: 'same-cluster',
  description:
    'Fails if the cluster on a control-plane node has other settings than the configuration: kubeadm does not change them.',
  reads:
    'the ConfigMaps kubeadm-config, kubelet-config and kube-proxy, that of an interrupted reconfiguration of kube-proxy (and then the nodes), and what kubeadm (v1.31 and later, of the same minor release) would write into the latter two, otherwise what the configuration sets; nothing where there is no cluster yet; where its API server does not respond, it says what was not compared, and fails with onlyFixed',
  example: {
    cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443' },
    self: { name: 'm1', address: '10.0.0.11' },
    members: [{ name: 'm1', address: '10.0.0.11' }],
  },
  params: () =>
    hostConfigSchema
      .extend({
        onlyFixed: flag()
          .default(false)
          .describe('fail only for settings that the playbook reconfigure does not apply'),
        moving: flag()
          .default(false)
          .describe('accept another endpoint, which the playbook move-endpoint changes'),
        rejoining: flag()
          .default(false)
          .describe(
            'ask the API server at the address that the node has, which the playbook rename-or-readdress changes',
          ),
      })
      .superRefine(configFits),
  title: ({ onlyFixed }) =>
    onlyFixed ? 'the cluster can have the configured settings' : 'the cluster has the configured settings',

  async check(ctx, { onlyFixed, moving, rejoining, ...wanted }): Promise<Verdict<string | undefined>> {
    const given = rejoining ? ((await asItIs(ctx, wanted)) ?? wanted) : wanted
    const { self, cluster } = given
    const server = ownServer(self.address, cluster.bindPort)
    if (!(await hasCluster(ctx))) return ok(undefined)
    const living = (await keptConfig(ctx, server)) ?? (onlyFixed ? await lastConfig(ctx) : undefined)
    if (living === undefined) {
      if (onlyFixed) throw notAsked(ctx, server)
      return without(`the API server of ${ctx.host.name} does not say what kubeadm-config has`)
    }
    const applies = factsOf(cluster.kubernetesVersion).dryRunsPhases
    if (applies && !onlyFixed) await refuseInterrupted(ctx, server)
    const found = differencesFrom(living, given).filter(
      ({ applied, setting }) => !(onlyFixed && applied) && !(moving && setting === endpointSetting),
    )
    if (onlyFixed && found.length === 0) return ok(undefined)
    const how = onlyFixed ? undefined : await comparability(ctx, cluster.kubernetesVersion)
    const unapplied = how?.by === 'settings' ? await unappliedOfCluster(ctx, given, server) : []
    const maps =
      how === undefined || how.by === 'settings'
        ? []
        : (await ofConfigMaps(ctx, given, server)).filter((change) => !(moving && isServerOfProxy(change)))
    if (found.length + maps.length + unapplied.length === 0)
      return how?.by === 'settings'
        ? without(`what kubeadm sets by itself for kubelets and kube-proxy (${how.why})`)
        : ok(undefined)
    // reconfigure needs kubeadm of the version that runs
    const first =
      how?.by === 'dry run of another patch release'
        ? `install kubeadm ${cluster.kubernetesVersion} on the control-plane nodes, and run`
        : 'run'
    const applied = maps.length > 0 || found.some((one) => one.applied)
    throw new CoxswainError(
      'task-failed',
      onlyFixed
        ? 'the cluster has other settings than the configuration, which are not changed in a cluster that runs'
        : 'the cluster has other settings than the configuration',
      {
        output: [...found.map(inWords), ...maps.map(changeInWords), ...unapplied.map(unappliedInWords)].join(
          '\n',
        ),
        hint: `${[
          ...(applied ? [`${first} playbooks/reconfigure.ts to apply the configuration`] : []),
          ...found.map(asInCluster),
          ...(unapplied.length > 0
            ? ['apply what kubelets and kube-proxy lack as it says, or set it in the inventory as it is']
            : []),
        ].join(', ')}; nothing was changed`,
      },
    )
  },
})
