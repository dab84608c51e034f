import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  isCoxswainError,
  portNumber,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { quorumAfter } from './etcd/arithmetic.ts'
import { seenMembers } from './etcd/health.ts'
import { listMembers, ownMemberId } from './etcd/members.ts'
import { requireAll, waitForAll } from './etcd/require-all.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { formerFiles, manifest } from './kubeadm/paths.ts'
import { putManifestBack, stoppedPods } from './kubeadm/restarts.ts'
import { masterSchema } from './kubeadm/settings.ts'
import { configFits } from './config/refused.ts'
import { refuseFixed } from './reconfigure/refuse-fixed.ts'
import {
  forgetFormer,
  isKubeletOutdated,
  isOfKubelet,
  keptFiles,
  putFormerBack,
  replaceFile,
} from './reconfigure/former-files.ts'
import { manifestsOf, notRunning, waitForMaster } from './reconfigure/gate.ts'
import type { Gate } from './reconfigure/gate.ts'
import { masterFiles } from './reconfigure/master-files.ts'
import type { MasterFile } from './reconfigure/master-files.ts'
import { requireOtherServers } from './reconfigure/require-others.ts'
import { leftStopped } from './reconfigure/stopped-pods.ts'
import { exampleConfig, waitingConfig } from './reconfigure/params.ts'
import { requireComparable } from './reconfigure/require-comparable.ts'

/** Changes that an earlier run has begun: what is in place must work, or the former files come back. */
const interrupted = async (ctx: CheckContext, files: readonly MasterFile[]): Promise<Change[]> => {
  const [kept, isOutdated, stopped, pods] = await Promise.all([
    keptFiles(ctx),
    isKubeletOutdated(ctx),
    leftStopped(ctx),
    manifestsOf(ctx).then((texts) => notRunning(ctx, texts)),
  ])
  const isChanged = (path: string): boolean =>
    files.some((file) => file.path === path && file.changes.length > 0)
  const ofKubelet = files.filter(({ path }) => isOfKubelet(path))
  return [
    ...(isOutdated && !ofKubelet.some(({ path }) => isChanged(path) || kept.includes(path))
      ? [{ what: 'kubelet', from: 'started before its files were changed', to: 'restarted' }]
      : []),
    ...kept
      .filter((path) => !isChanged(path))
      .map((path) => ({ what: path, from: 'changed by an interrupted run', to: 'proven, or put back' })),
    ...pods
      .filter((pod) => !isChanged(manifest(pod)) && !kept.includes(manifest(pod)))
      .map((pod) => ({ what: pod, from: 'not running as its manifest says', to: 'running' })),
    ...stopped,
  ]
}

const isStacked = ({ remote }: CheckContext): Promise<boolean> => remote.exists(manifest('etcd'))

/** Restarts the kubelet, so that it reads its files. */
const restartKubelet = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.run({ timeout: 120 })`systemctl restart kubelet`
}

/** Prints the arithmetic while the member of this host can be away. */
const logSum = async (ctx: ApplyContext): Promise<void> => {
  const members = (await listMembers(ctx)) ?? []
  if (members.length === 0) return
  const { name } = ctx.host
  const away = {
    kind: 'away',
    id: (await ownMemberId(ctx)) ?? '',
    while: `while ${name} is reconfigured`,
  } as const
  ctx.log(quorumAfter(members, await seenMembers(ctx, members), away).sum)
}

/** Writes the files one after the other. Each must work before the next one is written. */
const change = async (ctx: ApplyContext, files: readonly MasterFile[], gate: Gate): Promise<void> => {
  for (const pod of await stoppedPods(ctx)) await putManifestBack(ctx, pod)
  const due = files.filter(({ changes }) => changes.length > 0)
  for (const { path, pod, wanted } of due) {
    if (pod === undefined) continue
    if (pod === 'etcd') await waitForAll(ctx, gate.timeout)
    ctx.log(`${pod} gets its new manifest`)
    await replaceFile(ctx, path, wanted)
    await waitForMaster(ctx, { ...gate, steady: 0 })
  }
  for (const { path, wanted } of due) if (isOfKubelet(path)) await replaceFile(ctx, path, wanted)
  // also one that was interrupted before the restart
  if ((await keptFiles(ctx)).some(isOfKubelet) || (await isKubeletOutdated(ctx))) await restartKubelet(ctx)
  await waitForMaster(ctx, gate)
}

/** Puts the former files back and waits until they work. */
const rollBack = async (ctx: ApplyContext, gate: Gate): Promise<void> => {
  const kept = await putFormerBack(ctx)
  ctx.log(`the former files of ${ctx.host.name} are put back`)
  if (kept.some(isOfKubelet)) await restartKubelet(ctx)
  await waitForMaster(ctx, { ...gate, timeout: Math.max(gate.timeout, 300) })
  await forgetFormer(ctx)
}

/** Errors that say that something does not work with the new files. */
const disproving = new Set(['wait-timeout', 'command-failed', 'command-timeout', 'task-failed'])

/**
 * Makes the static pods and the kubelet of a control-plane node what kubeadm would make them with the configuration.
 *
 * The files are those of kubeadm's dry run. The former ones are kept until everything works with the new ones, and put back if it
 * does not; those that an interrupted run has kept are of the last state that worked.
 */
export const reconfigureMaster = defineTask({
  name: 'reconfigure-master',
  description:
    'Changes static pods and kubelet of a control-plane node to what kubeadm writes for the configuration, one after the other, and waits until each works. If one does not, the former files are put back. It is refused unless every member of etcd is healthy and the API servers of the others are ready.',
  reads:
    'the manifests of the static pods, also of those that are stopped, the configuration of the kubelet, what kubeadm (v1.31 and later) would write, the command lines of the programs that run, the members of etcd, and /readyz of the other API servers',
  example: exampleConfig,
  params: () =>
    waitingConfig(240)
      .extend({
        port: portNumber().default(6443).describe('the port of the API servers'),
        others: z
          .array(masterSchema)
          .default([])
          .describe('the other control-plane nodes: nothing is changed unless their API servers are ready'),
      })
      .superRefine(configFits),
  title: () => 'static pods and kubelet have the configured settings',

  async check(ctx, given) {
    await requireComparable(ctx, given.cluster.kubernetesVersion)
    const files = await masterFiles(ctx, given)
    const begun = await interrupted(ctx, files)
    const changes = files.flatMap((file) => file.changes)
    refuseFixed(ctx.host.name, changes)
    // one that an interrupted run has left must be put right, whatever the others lack
    if (changes.length > 0 && begun.length === 0) {
      await requireOtherServers(ctx, given.others, given.port)
      if (await isStacked(ctx)) await requireAll(ctx, `${ctx.host.name} is not reconfigured`)
    }
    return driftUnlessEmpty([...changes, ...begun])
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    const { self, timeout, steady, port } = given
    const gate = { node: self.name, address: self.address, port, timeout, steady }
    const files = await masterFiles(ctx, given)
    if (await isStacked(ctx)) await logSum(ctx)
    const began = performance.now()
    try {
      await change(ctx, files, gate)
    } catch (error) {
      if (!isCoxswainError(error) || !disproving.has(error.code) || ctx.signal.aborted) throw error
      // nothing was written: what is there does not work
      if ((await keptFiles(ctx)).length === 0) throw error
      const { name } = ctx.host
      // the logs of what does not work go away with it
      const seconds = (performance.now() - began) / 1000
      const output = [
        error.output ?? [],
        (await explainControlPlane(ctx, given, { error, seconds }))?.text ?? [],
      ]
        .flat()
        .join('\n')
      try {
        await rollBack(ctx, gate)
      } catch (cause) {
        throw new CoxswainError(
          'task-failed',
          `${name} does not work with the new settings (${error.message}), nor yet with the former files`,
          {
            output,
            hint: `the former files are in ${formerFiles} on ${name}; check them, and run again`,
            cause,
          },
        )
      }
      throw new CoxswainError(
        'task-failed',
        `${name} does not work with the new settings, so its former files were put back: ${error.message}`,
        {
          output,
          hint: 'correct the settings in the inventory, and run again; other masters that were changed before keep the new settings',
          cause: error,
        },
      )
    }
    await forgetFormer(ctx)
  },
})
