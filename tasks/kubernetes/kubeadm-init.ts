import { defineTask, drift, ok, pending, remotePath, words, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { missingTraces, refuseOtherVersion } from './kubeadm/init-traces.ts'
import type { Trace } from './kubeadm/init-traces.ts'
import { ignoring } from './kubeadm/kubeadm.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { begin, finished, inBetween, masterState } from './kubeadm/master-state.ts'
import type { MasterState } from './kubeadm/master-state.ts'
import {
  adminConfFile,
  controlPlane,
  kubeadmConfigPath,
  kubeconfigs,
  manifest,
  unfinishedPath,
} from './kubeadm/paths.ts'
import { minorOf, requireKubeadm } from './kubeadm/version.ts'

const params = z.object({
  config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
  version: z.string().describe('the Kubernetes version'),
  address: z.string().describe('the address that this control-plane node advertises'),
  port: z.coerce.number().default(6443),
  skipPhases: words().default([]).describe('phases to skip, such as addon/coredns'),
  ignorePreflightErrors: words().default([]).describe('preflight errors to treat as warnings'),
})
type Params = z.output<typeof params>

/** Preflight errors that only say that an earlier, interrupted init got that far. */
const tracesOfInit = (port: number): string[] => [
  'DirAvailable--var-lib-etcd',
  // 10251 and 10252 were those of scheduler and controller manager up to 1.22
  ...[port, 10_250, 10_251, 10_252, 10_257, 10_259, 2379, 2380].map((one) => `Port-${one}`),
  ...[...controlPlane, 'etcd'].map((name) => `FileAvailable--etc-kubernetes-manifests-${name}.yaml`),
]

/** How far an init got: what there is to do. */
type Progress =
  | { readonly kind: 'done' }
  /** It was done before, and its API server does not answer just now. */
  | { readonly kind: 'down' }
  /** Nothing was begun, or nothing worth keeping was left: `kubeadm init`. */
  | { readonly kind: 'begin' }
  /** There is data: `kubeadm init` over what is there. */
  | { readonly kind: 'resume' }
  /** A finished master that lacks something that an init makes at its end: just those phases. */
  | { readonly kind: 'finish'; readonly missing: readonly Trace[] }

/** What a living master lacks. */
const atTheEnd = async (ctx: CheckContext, given: Params, unfinished: boolean): Promise<Progress> => {
  const server = ownServer(given.address, given.port)
  await refuseOtherVersion(ctx, given.version, server)
  const missing = await missingTraces(ctx, given, server)
  if (missing.length === 0) return unfinished ? { kind: 'finish', missing } : { kind: 'done' }
  // the first thing that an init tells the cluster: without it nothing was finished
  const early = missing.some(({ phase }) => phase === 'upload-config kubeadm')
  // between the phases that leave a trace there are some that leave none
  return early || unfinished || minorOf(given.version) < 13 ? { kind: 'resume' } : { kind: 'finish', missing }
}

const progressOf = async (ctx: CheckContext, given: Params, state: MasterState): Promise<Progress> => {
  const { touched, unfinished, hasData, ready, lacking } = state
  if (ready && lacking.length === 0) return atTheEnd(ctx, given, unfinished)
  if (unfinished) return hasData ? { kind: 'resume' } : { kind: 'begin' }
  if (!touched) return { kind: 'begin' }
  if (lacking.length === 0) return { kind: 'down' }
  throw inBetween(ctx, `holds a part of a control plane, but lacks ${lacking.join(', ')}`)
}

/**
 * Initialise the first master of a cluster.
 *
 * Interrupted anywhere, it goes on: where no etcd data was written yet there is nothing worth keeping but authorities,
 * and it begins anew; where there is some, kubeadm goes through its phases again over what is there, which keeps
 * authorities and data. A master that was finished before is never initialised again, whatever ails it.
 */
export const kubeadmInit = defineTask({
  name: 'kubeadm-init',
  description: 'Initialises the first control-plane node of a cluster with kubeadm init.',
  reads:
    "what is in /etc/kubernetes and /var/lib/etcd, the API server's /readyz, and what an init leaves in the cluster",
  example: { version: 'v1.20.2', address: '10.0.0.11' },
  params,
  title: () => 'kubeadm init',
  until: () => ({ timeout: 180, every: 2 }),
  makes: () => [adminConfFile],

  async check(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    const progress = await progressOf(ctx, given, state)
    switch (progress.kind) {
      case 'done':
        return ok()
      case 'down':
        return pending(`the API server of ${ctx.host.name} does not answer`)
      case 'begin':
      case 'resume':
        await requireKubeadm(ctx)
        return drift({
          what: 'control plane',
          from: state.touched ? 'begun' : undefined,
          to: `initialised on ${ctx.host.name}`,
        })
      case 'finish':
        return drift(
          ...progress.missing.map(({ object }) => ({ what: object, to: 'made by kubeadm init' })),
          ...(state.unfinished ? [{ what: unfinishedPath, from: 'there', to: undefined }] : []),
        )
    }
  },

  async apply(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    const progress = await progressOf(ctx, given, state)
    if (progress.kind === 'begin' || progress.kind === 'resume') {
      await requireKubeadm(ctx)
      await begin(ctx)
      if (progress.kind === 'begin' && state.touched) await clear(ctx)
      if (progress.kind === 'resume') ctx.log('an interrupted init goes on')
      await init(ctx, given, state.touched)
    }
    if (progress.kind === 'finish')
      for (const { phase } of progress.missing)
        await ctx.remote.run({
          timeout: 300,
        })`kubeadm init phase ${phase.split(' ')} --config ${given.config}`
    await finished(ctx)
  },
})

/** Takes away what an init writes before there is data; authorities and keys stay, for somebody may have put them there. */
const clear = async ({ log, remote }: ApplyContext): Promise<void> => {
  log('an interrupted init left no data: it begins anew')
  for (const path of [...kubeconfigs, ...[...controlPlane, 'etcd'].map(manifest)]) await remote.remove(path)
}

const init = async (
  { remote }: ApplyContext,
  { config, port, skipPhases, ignorePreflightErrors }: Params,
  again: boolean,
): Promise<void> => {
  const ignored = [...ignorePreflightErrors, ...(again ? tracesOfInit(port) : [])]
  await remote.run({ timeout: 900 })`kubeadm init --config ${config} ${[
    ...(skipPhases.length === 0 ? [] : [`--skip-phases=${skipPhases.join(',')}`]),
    ...ignoring(ignored),
    // it prints a token and a key for joining; whoever reads the log of a run needs neither
    '--skip-token-print',
  ]}`
}
