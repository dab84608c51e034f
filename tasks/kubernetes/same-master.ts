import { CoxswainError, defineTask, flag, ok } from '../../engine/index.ts'
import type { Change, CheckContext, Verdict } from '../../engine/index.ts'
import { refuseUnaccepted } from './kubeadm/judge-config.ts'
import { kubeletCredential } from './kubeadm/kubelet-client.ts'
import { formerFiles } from './kubeadm/paths.ts'
import { hostConfigSchema } from './kubeadm/settings.ts'
import { refuseOtherName } from './nodes/membership.ts'
import { configFits } from './config/refused.ts'
import { isOtherEtcdTag } from './reconfigure/differences.ts'
import { comparability } from './reconfigure/kubeadm-files.ts'
import { isComplete, masterFiles } from './reconfigure/master-files.ts'
import { exampleConfig } from './reconfigure/params.ts'
import { refuseNodeDifferences } from './reconfigure/node-differences.ts'
import { withoutReported } from './reconfigure/reported-address.ts'
import { refuseStopped } from './reconfigure/stopped-pods.ts'
import { unappliedOfMaster } from './reconfigure/without-dry-run.ts'
import type { UnappliedChange } from './reconfigure/without-dry-run.ts'
import { asItIs, refuseRejoining } from './rejoin/due.ts'
import { asThere, changeWithReason, fixedOf } from './reconfigure/refuse-fixed.ts'

/** @throws `task-failed` if a run of reconfigure was interrupted: what it has written was not proven yet. */
const refuseInterrupted = async ({ remote, host }: CheckContext): Promise<void> => {
  if (!(await remote.exists(formerFiles))) return
  throw new CoxswainError('task-failed', `the reconfiguration of ${host.name} was interrupted`, {
    hint: 'run playbooks/reconfigure.ts again, which continues it; nothing was changed',
  })
}

/**
 * What to do about changes that are not made here.
 *
 * @param needed the version of kubeadm that reconfigure needs, where the host has another one.
 */
const wayOut = (host: string, changes: readonly Change[], needed?: string): string => {
  const fixed = fixedOf(changes)
  const first = needed === undefined ? 'run' : `install kubeadm ${needed} on ${host}, then run`
  const applied = `one master at a time: ${first} playbooks/reconfigure.ts; to keep what is there, set it in the inventory`
  return [
    ...(fixed.length === 0 ? [`to apply the configuration, ${applied}`] : [asThere(host, fixed)]),
    ...(fixed.length > 0 && fixed.length < changes.length ? [`to apply the others, ${applied}`] : []),
    'nothing was changed',
  ].join('; ')
}

/** @throws `task-failed` for settings that are set and not applied, where no playbook can apply them. */
const refuseUnapplied = ({ host }: CheckContext, changes: readonly UnappliedChange[], why: string): void => {
  if (changes.length === 0) return
  throw new CoxswainError('task-failed', `${host.name} has other settings than the configuration`, {
    output: changes
      .map(
        (change) => `${changeWithReason(change)}${fixedOf([change]).length === 0 ? `: ${change.way}` : ''}`,
      )
      .join('\n'),
    hint: `apply them as it says, on one master after the other, or set them in the inventory as they are there (playbooks/reconfigure.ts cannot: ${why}); nothing was changed`,
  })
}

/** Fails if the files of kubeadm on a control-plane node are others than kubeadm would write, before anything is written. */
export const sameMaster = defineTask({
  name: 'same-master',
  description:
    'Fails if the static pods or the kubelet of a control-plane node have other settings than the configuration, whoever has changed them: kubeadm does not write them again. It also fails where an interrupted run has left a static pod stopped.',
  reads:
    'whether kubeadm of the same minor release accepts the configuration; the manifests of the static pods, also where they are while one is restarted or etcd is restored, the configuration of the kubelet and its client certificate, and what kubeadm (v1.31 and later, of the same minor release) would write, otherwise what the configuration sets; taints of the Node where they have changed in the inventory; nothing where there is no complete control-plane node yet',
  example: exampleConfig,
  params: () =>
    hostConfigSchema
      .extend({
        rejoining: flag()
          .default(false)
          .describe(
            'compare with the name and the address that the node has, which the playbook rename-or-readdress changes',
          ),
      })
      .superRefine(configFits),
  title: () => 'static pods and kubelet have the configured settings',

  async check(ctx, { rejoining, ...wanted }): Promise<Verdict<string | undefined>> {
    if (!rejoining) await refuseRejoining(ctx)
    const given = rejoining ? await asItIs(ctx, wanted) : wanted
    if (given === undefined) return ok('not compared: an interrupted run has left it')
    // also a new host: nothing has been prepared on it yet
    await refuseUnaccepted(ctx, given)
    await refuseStopped(ctx)
    if (!(await isComplete(ctx))) return ok(undefined)
    await refuseInterrupted(ctx)
    refuseOtherName(
      ctx,
      (await kubeletCredential(ctx))?.certificate,
      given.self.name,
      'to rename it while the cluster serves, run playbooks/rename-or-readdress.ts; kubeadm would register another node',
    )
    await refuseNodeDifferences(ctx, given)
    // it is not known then: kubeadm of another version, as before an upgrade, writes other files
    const how = await comparability(ctx, given.cluster.kubernetesVersion)
    if (how.by === 'settings') {
      const unapplied = await withoutReported(ctx, given, await unappliedOfMaster(ctx, given))
      refuseUnapplied(ctx, unapplied, how.why)
      return ok(`not compared: what kubeadm sets by itself in static pods and kubelet (${how.why})`)
    }
    const found = await withoutReported(
      ctx,
      given,
      (await masterFiles(ctx, given)).flatMap((file) => file.changes),
    )
    // the user has chosen the tag where it is set
    const isCompared = how.by === 'dry run' || given.cluster.etcd?.imageTag !== undefined
    const changes = isCompared ? found : found.filter((change) => !isOtherEtcdTag(change))
    if (changes.length === 0) return ok(undefined)
    throw new CoxswainError('task-failed', `${ctx.host.name} has other settings than the configuration`, {
      output: changes.map(changeWithReason).join('\n'),
      hint: wayOut(
        ctx.host.name,
        changes,
        how.by === 'dry run' ? undefined : given.cluster.kubernetesVersion,
      ),
    })
  },
})
