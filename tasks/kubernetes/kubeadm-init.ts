import {
  defineTask,
  drift,
  isCoxswainError,
  ok,
  pending,
  portNumber,
  remotePath,
  words,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { addons, addonsLeftOut } from './config/addons.ts'
import type { Addon } from './config/addons.ts'
import { etcdFolderFault, expectedEtcdFaults } from './etcd/data.ts'
import { missingTraces, refuseOtherVersion } from './kubeadm/init-traces.ts'
import type { Trace } from './kubeadm/init-traces.ts'
import { withEtcdPatch } from './kubeadm/etcd-patch.ts'
import { ignoring, requireKubeadm } from './kubeadm/kubeadm.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { explainControlPlane } from './kubeadm/explain.ts'
import { begin, finished, inBetween, masterState, serves } from './kubeadm/master-state.ts'
import type { MasterState } from './kubeadm/master-state.ts'
import {
  adminConfFile,
  controlPlane,
  kubeadmConfigPath,
  kubeconfigs,
  manifest,
  unfinishedPath,
} from './kubeadm/paths.ts'
import { allowUnknownVersion, factsOf, knownVersion, versionNote } from './kubeadm/versions.ts'
import { readYaml } from './kubeadm/yaml.ts'

const params = () =>
  z
    .object({
      config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
      version: z.string().describe('the Kubernetes version, such as v1.37.2'),
      allowUnknownVersion: allowUnknownVersion(),
      address: z.string().describe('the address that this control-plane node advertises'),
      port: portNumber().default(6443).describe('the port of the API server'),
      skipPhases: words().default([]).describe('phases to skip, such as addon/coredns'),
      disabledAddons: z
        .array(z.enum(addons))
        .optional()
        .describe(
          'addons that kubeadm leaves out; by default those that the configuration on the host disables',
        ),
      ignorePreflightErrors: words().default([]).describe('preflight errors to treat as warnings'),
    })
    .superRefine(knownVersion('version'))
type Params = z.output<ReturnType<typeof params>>

/** Preflight errors that only show how far an earlier, interrupted init got. */
const expectedErrors = (port: number): string[] => [
  etcdFolderFault,
  // 10251 and 10252 are the ports of scheduler and controller manager up to 1.22
  ...[port, 10_250, 10_251, 10_252, 10_257, 10_259, 2379, 2380].map((one) => `Port-${one}`),
  ...[...controlPlane, 'etcd'].map((name) => `FileAvailable--etc-kubernetes-manifests-${name}.yaml`),
]

/** How far an init got, and so what to do. */
type Progress =
  | { readonly kind: 'done' }
  /** It was completed before, but its API server does not respond now. */
  | { readonly kind: 'down' }
  /** No init was started, or it left nothing that must be kept: run `kubeadm init`. */
  | { readonly kind: 'begin' }
  /** etcd data exists: run `kubeadm init` again, and keep the data. */
  | { readonly kind: 'resume' }
  /** The init is complete except for objects that it creates at its end: run only those phases. */
  | { readonly kind: 'finish'; readonly missing: readonly Trace[] }

/** The addons that the configuration on the host leaves out. */
const disabledOnHost = async (
  { remote }: CheckContext,
  { config, skipPhases }: Params,
): Promise<readonly Addon[]> => addonsLeftOut(readYaml((await remote.read(config)) ?? '', config), skipPhases)

/** What a running control-plane node lacks. */
const progressOfRunning = async (
  ctx: CheckContext,
  given: Params,
  unfinished: boolean,
): Promise<Progress> => {
  const server = ownServer(given.address, given.port)
  await refuseOtherVersion(ctx, given.version, server)
  const disabledAddons = given.disabledAddons ?? (await disabledOnHost(ctx, given))
  const missing = await missingTraces(ctx, { ...given, disabledAddons }, server)
  if (missing.length === 0) return unfinished ? { kind: 'finish', missing } : { kind: 'done' }
  // the first object that an init creates in the cluster: without it, no later phase was completed
  const early = missing.some(({ phase }) => phase === 'upload-config kubeadm')
  // some phases do not leave a trace; before `kubeadm init phase`, none can be run by itself
  return early || unfinished || !factsOf(given.version).startsKubelet
    ? { kind: 'resume' }
    : { kind: 'finish', missing }
}

/**
 * Whether the API server has refused the administrator. In kubeadm 1.29 and later it does so until an init has given the rights, right
 * after the API server responds (ClusterRoleBinding kubeadm:cluster-admins).
 */
const isForbidden = (error: unknown): boolean =>
  isCoxswainError(error) && error.output?.includes('(Forbidden)') === true

const progressOf = async (ctx: CheckContext, given: Params, state: MasterState): Promise<Progress> => {
  const { touched, unfinished, hasData, ready, lacking } = state
  if (ready && lacking.length === 0) {
    try {
      return await progressOfRunning(ctx, given, unfinished)
    } catch (error) {
      if (unfinished && isForbidden(error)) return { kind: 'resume' }
      throw error
    }
  }
  if (unfinished) return hasData ? { kind: 'resume' } : { kind: 'begin' }
  if (!touched) return { kind: 'begin' }
  if (lacking.length === 0) return { kind: 'down' }
  if (ready) throw serves(ctx, lacking)
  throw inBetween(ctx, `has a part of a control plane, but lacks ${lacking.join(', ')}`)
}

/**
 * Initialises the first control-plane node of a cluster.
 *
 * If it is interrupted, the next run continues. Without etcd data, only the certificate authorities must be kept, and init
 * starts again; with data, kubeadm runs its phases again, which keeps authorities and data. A completed control-plane node
 * is never initialised again, whatever is wrong with it.
 */
export const kubeadmInit = defineTask({
  name: 'kubeadm-init',
  description: 'Initialises the first control-plane node of a cluster with kubeadm init.',
  reads:
    "what is in /etc/kubernetes and /var/lib/etcd, the API server's /readyz, what an init leaves in the cluster, and the configuration on the host unless disabledAddons is given",
  example: { version: 'v1.20.2', address: '10.0.0.11' },
  params,
  title: ({ version }) => `kubeadm init${versionNote(version)}`,
  until: () => ({ timeout: 180, every: 2 }),
  makes: () => [adminConfFile],

  async check(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    const progress = await progressOf(ctx, given, state)
    switch (progress.kind) {
      case 'done':
        return ok()
      case 'down':
        return pending(`the API server of ${ctx.host.name} does not respond`)
      case 'begin':
      case 'resume':
        await requireKubeadm(ctx)
        return drift({
          what: 'control plane',
          from: state.touched ? 'not complete' : undefined,
          to: `initialised on ${ctx.host.name}`,
        })
      case 'finish':
        return drift(
          ...progress.missing.map(({ object }) => ({ what: object, to: 'created by kubeadm init' })),
          ...(state.unfinished ? [{ what: unfinishedPath, from: 'present', to: undefined }] : []),
        )
    }
  },

  explain: explainControlPlane,

  async apply(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    const progress = await progressOf(ctx, given, state)
    if (progress.kind === 'begin' || progress.kind === 'resume') {
      await requireKubeadm(ctx)
      await begin(ctx)
      if (progress.kind === 'begin' && state.touched) await clear(ctx)
      if (progress.kind === 'resume') ctx.log('continuing an interrupted init')
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

/**
 * Removes what an init writes before etcd data exists. Authorities and keys stay, because the user could have provided
 * them.
 */
const clear = async ({ log, remote }: ApplyContext): Promise<void> => {
  log('an interrupted init left no data: starting again')
  for (const path of [...kubeconfigs, ...[...controlPlane, 'etcd'].map(manifest)]) await remote.remove(path)
}

const init = async (
  ctx: ApplyContext,
  { config, version, port, skipPhases, ignorePreflightErrors }: Params,
  again: boolean,
): Promise<void> => {
  const ignored = [
    ...ignorePreflightErrors,
    ...(again ? expectedErrors(port) : await expectedEtcdFaults(ctx)),
  ]
  const options = [
    ...(skipPhases.length === 0 ? [] : [`--skip-phases=${skipPhases.join(',')}`]),
    ...ignoring(ignored),
    // it prints a token and a key for joining, which must not be in the log of a run
    '--skip-token-print',
  ]
  await withEtcdPatch(
    ctx,
    version,
    (patches) =>
      ctx.remote.run({ timeout: 900 })`kubeadm init --config ${config} ${[...options, ...patches]}`,
  )
}
