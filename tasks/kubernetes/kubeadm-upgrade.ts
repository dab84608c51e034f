import {
  CoxswainError,
  defineTask,
  drift,
  duration,
  ok,
  portNumber,
  shellProgram,
  words as wordList,
  remotePath,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { allRespond, quorumAfter } from './etcd/arithmetic.ts'
import { listMembers, ownMemberId } from './etcd/members.ts'
import { requireAll, waitForAll } from './etcd/require-all.ts'
import { logsOf } from './etcd/ways-out.ts'
import { keptConfig } from './kubeadm/cluster-config.ts'
import { ignoring, requireKubeadm } from './kubeadm/kubeadm.ts'
import { kubectl, ownServer, apiReady } from './kubeadm/kubectl.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { kubeadmTemporary, manifest, manifests, upgradingPath } from './kubeadm/paths.ts'
import { allowUnknownVersion, knownVersion } from './kubeadm/versions.ts'
import { kubeadmRuns, putBack, runKubeadm } from './upgrade/programs.ts'
import { controlPlaneOf, needsUpgrade, runningControlPlane } from './upgrade/running.ts'

const params = () =>
  z
    .object({
      version: z.string().describe('the Kubernetes version to upgrade to, such as v1.37.2'),
      allowUnknownVersion: allowUnknownVersion(),
      former: z
        .string()
        .optional()
        .describe('the version that an earlier task of this run upgrades to, for --check'),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of the API server'),
      ignorePreflightErrors: wordList().default([]).describe('preflight errors to treat as warnings'),
      patches: remotePath().optional().describe('the folder with patches of the static pods on the host'),
      timeout: duration().default(1800).describe('seconds for kubeadm, at most'),
    })
    .superRefine(knownVersion('version'))
type Params = z.output<ReturnType<typeof params>>

/** Whether a host has an etcd of kubeadm. */
const isStacked = ({ remote }: CheckContext): Promise<boolean> => remote.exists(manifest('etcd'))

/** The version that an API server says. */
const apiVersion = async (ctx: CheckContext, server: string): Promise<string | undefined> => {
  const { stdout } = await kubectl(ctx, ['get', '--raw', '/version'], server).result()
  return /"gitVersion": *"([^"]+)"/.exec(stdout)?.[1]
}

/** Waits until a kubeadm of an interrupted run has ended: two at the same time would move the same manifests. */
const waitForFormer = async (ctx: ApplyContext): Promise<void> =>
  eventually(
    ctx,
    async () =>
      (await ctx.remote.query`${shellProgram(kubeadmRuns)}`.succeeds())
        ? [`a kubeadm upgrade of an earlier run still works on ${ctx.host.name}`]
        : [],
    { seconds: 900, every: 2, hint: `check it on ${ctx.host.name}: ps -C kubeadm -f; then run again` },
  )

/** Puts manifests back that an interrupted upgrade has moved away. Without a record of one, they are away for another reason. */
const recover = async (ctx: ApplyContext): Promise<void> => {
  await waitForFormer(ctx)
  if (!(await ctx.remote.exists(upgradingPath))) return
  const pods = await ctx.remote
    .run`${shellProgram(putBack, manifests, kubeadmTemporary, upgradingPath)}`.lines()
  for (const pod of pods)
    if (pod !== '')
      ctx.log(`the manifest of ${pod}, which an interrupted upgrade had moved away, is put back`)
}

/** Waits until the API server of a host has a version and is ready. */
const waitForApi = (ctx: ApplyContext, { address, port, version }: Params): Promise<void> => {
  const server = ownServer(address, port)
  return eventually(
    ctx,
    async () => {
      if (!(await apiReady(ctx, address, port))) return [`the API server of ${ctx.host.name} is not ready`]
      const said = await apiVersion(ctx, server)
      return said === version
        ? []
        : [`the API server of ${ctx.host.name} is ${said ?? 'of an unknown version'}`]
    },
    { seconds: 300, hint: `check it on ${ctx.host.name}: ${logsOf('kube-apiserver')}; then run again` },
  )
}

/** The first control-plane node upgrades the cluster's configuration, too; the others follow what it says. */
const wordsFor = async (ctx: ApplyContext, given: Params): Promise<string[]> => {
  const kept = await keptConfig(ctx, ownServer(given.address, given.port))
  const { applying } = await runningControlPlane(ctx)
  const isFirst = kept?.['kubernetesVersion'] !== given.version || applying
  return isFirst ? ['apply', given.version, '--yes'] : ['node']
}

/**
 * Upgrades the control plane of a host with kubeadm: static pods, the configuration of the kubelet, and on the last host the addons.
 *
 * What runs decides: with static pods of that version or a newer one there is nothing to do. kubeadm can be run again after it was
 * interrupted (Kubernetes, "Upgrading kubeadm clusters", recovering from a failure state), so an interrupted upgrade is run again.
 */
export const kubeadmUpgrade = defineTask({
  name: 'kubeadm-upgrade',
  description:
    'Upgrades the control plane of a host to a version with kubeadm, whose program of that version must be installed. It is refused unless every member of etcd is healthy. The kubelet is upgraded by kubelet-upgrade.',
  reads: 'the images of the static pods, the members of etcd and their health, and kubeadm-config',
  example: { version: 'v1.37.2', address: '10.0.0.11' },
  params,
  title: ({ version }) => `control plane ${version}`,
  makes: ({ version }) => [controlPlaneOf(version)],

  async check(ctx, given) {
    const running = await runningControlPlane(ctx)
    if (!needsUpgrade(running, given.version)) return ok()
    const stacked = await isStacked(ctx)
    if (stacked && running.unfinished === undefined)
      await requireAll(ctx, `the control plane of ${ctx.host.name} is not upgraded`)
    const isPredicted = given.former !== undefined && ctx.predicted(controlPlaneOf(given.former))
    const from = isPredicted ? given.former : running.version || 'parts of one'
    return drift({
      what: `control plane of ${ctx.host.name}`,
      from: running.unfinished === undefined ? from : `${from}, an upgrade was interrupted`,
      to: given.version,
    })
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    const { remote, host } = ctx
    const { version } = given
    const installed = await requireKubeadm(ctx)
    if (installed !== version)
      throw new CoxswainError('task-failed', `kubeadm on ${host.name} is ${installed}, not ${version}`, {
        hint: `install kubeadm ${version} on ${host.name}, and run again`,
      })
    await recover(ctx)
    const stacked = await isStacked(ctx)
    if (stacked) {
      await waitForAll(ctx, 300)
      const members = (await listMembers(ctx)) ?? []
      const away = {
        kind: 'away',
        id: (await ownMemberId(ctx)) ?? '',
        while: `while ${host.name} is upgraded`,
      } as const
      ctx.log(quorumAfter(members, allRespond(members), away).sum)
    }
    await waitForReady(ctx, given)
    const words = await wordsFor(ctx, given)
    await remote.makeDirectory('/etc/coxswain')
    await remote.write(upgradingPath, `${version} ${words[0] ?? ''}\n`)
    const more = given.patches === undefined ? [] : [`--patches=${given.patches}`]
    ctx.log(`kubeadm upgrade ${words.join(' ')}`)
    const all = ['upgrade', ...words, ...ignoring(given.ignorePreflightErrors), ...more]
    const label = `kubeadm ${all.join(' ')}`
    await remote.run({ timeout: given.timeout, label })`${shellProgram(runKubeadm, ...all)}`
    await waitForApi(ctx, given)
    if (stacked) await waitForAll(ctx, 300)
    await remote.remove(upgradingPath)
  },
})

/** Waits until the API server of a host is ready: kubeadm asks it, and after an interrupted run it can still be starting. */
const waitForReady = (ctx: ApplyContext, { address, port }: Params): Promise<void> =>
  eventually(
    ctx,
    async () =>
      (await apiReady(ctx, address, port)) ? [] : [`the API server of ${ctx.host.name} is not ready`],
    { seconds: 300, hint: `check it on ${ctx.host.name}: ${logsOf('kube-apiserver')}; then run again` },
  )
