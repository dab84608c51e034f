import { CoxswainError, defineTask, ok } from '../../engine/index.ts'
import type { Change, CheckContext, Verdict } from '../../engine/index.ts'
import { formerFiles } from './kubeadm/paths.ts'
import { hostConfigSchema, networksFit } from './kubeadm/settings.ts'
import { whyNotComparable } from './reconfigure/kubeadm-files.ts'
import { isComplete, masterFiles } from './reconfigure/master-files.ts'
import { exampleConfig } from './reconfigure/params.ts'
import { refuseStopped } from './reconfigure/stopped-pods.ts'
import { asThere, changeWithReason, fixedOf } from './reconfigure/refuse-fixed.ts'

/** @throws `task-failed` if a run of reconfigure was interrupted: what it has written was not proven yet. */
const refuseInterrupted = async ({ remote, host }: CheckContext): Promise<void> => {
  if (!(await remote.exists(formerFiles))) return
  throw new CoxswainError('task-failed', `the reconfiguration of ${host.name} was interrupted`, {
    hint: 'run playbooks/reconfigure.ts again, which continues it; nothing was changed',
  })
}

/** What to do about changes that are not made here. */
const wayOut = (host: string, changes: readonly Change[]): string => {
  const fixed = fixedOf(changes)
  const applied =
    'one master at a time: run playbooks/reconfigure.ts; to keep what is there, set it in the inventory'
  return [
    ...(fixed.length === 0 ? [`to apply the configuration, ${applied}`] : [asThere(host, fixed)]),
    ...(fixed.length > 0 && fixed.length < changes.length ? [`to apply the others, ${applied}`] : []),
    'nothing was changed',
  ].join('; ')
}

/** Fails if the files of kubeadm on a control-plane node are others than kubeadm would write, before anything is written. */
export const sameMaster = defineTask({
  name: 'same-master',
  description:
    'Fails if the static pods or the kubelet of a control-plane node have other settings than the configuration, whoever has changed them: kubeadm does not write them again. It also fails where an interrupted run has left a static pod stopped.',
  reads:
    'the manifests of the static pods, also where they are while one is restarted or etcd is restored, the configuration of the kubelet, and what kubeadm (v1.31 and later, of the same version) would write; nothing where there is no complete control-plane node yet',
  example: exampleConfig,
  params: () => hostConfigSchema.superRefine(networksFit),
  title: () => 'static pods and kubelet have the configured settings',

  async check(ctx, given): Promise<Verdict<string | undefined>> {
    await refuseStopped(ctx)
    if (!(await isComplete(ctx))) return ok(undefined)
    await refuseInterrupted(ctx)
    // it is not known then: kubeadm of another version, as before an upgrade, writes other files
    const why = await whyNotComparable(ctx, given.cluster.kubernetesVersion)
    if (why !== undefined) return ok(`not compared: static pods and kubelet (${why})`)
    const changes = (await masterFiles(ctx, given)).flatMap((file) => file.changes)
    if (changes.length === 0) return ok(undefined)
    throw new CoxswainError('task-failed', `${ctx.host.name} has other settings than the configuration`, {
      output: changes.map(changeWithReason).join('\n'),
      hint: wayOut(ctx.host.name, changes),
    })
  },
})
