import { defineTask, drift, ok, remotePath, words, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { listMembers } from './etcd.ts'
import { kubectl, ownServer } from './kubectl.ts'
import { masterState } from './master-state.ts'
import { kubeadmConfigPath } from './paths.ts'
import { kubeletConfigMap } from './version.ts'

/** Preflight errors that only say that an earlier, interrupted init got that far. */
const traces = [
  'DirAvailable--var-lib-etcd',
  'Port-6443',
  'Port-10250',
  'Port-10257',
  'Port-10259',
  'Port-2379',
  'Port-2380',
  ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map(
    (name) => `FileAvailable--etc-kubernetes-manifests-${name}.yaml`,
  ),
]

const params = z.object({
  config: remotePath().default(kubeadmConfigPath).describe('the kubeadm configuration on the host'),
  version: z.string().describe('the Kubernetes version'),
  address: z.string().describe('the address that this master advertises'),
  port: z.coerce.number().default(6443),
  skipPhases: words().default([]).describe('phases to leave out, such as addon/coredns'),
  ignorePreflightErrors: words().default([]).describe('preflight errors to take as warnings'),
})
type Params = z.output<typeof params>

/** What a finished init leaves in the cluster, in the order in which it does. */
const leftBehind = ({ version, skipPhases }: Params): string[] => [
  'configmap/kubeadm-config',
  `configmap/${kubeletConfigMap(version)}`,
  ...(skipPhases.some((phase) => phase === 'addon' || phase === 'addon/kube-proxy')
    ? []
    : ['daemonset/kube-proxy']),
  ...(skipPhases.some((phase) => phase === 'addon' || phase === 'addon/coredns')
    ? []
    : ['deployment/coredns']),
]

const missing = async (ctx: CheckContext, given: Params): Promise<string[]> => {
  const wanted = leftBehind(given)
  const { stdout } = await kubectl(
    ctx,
    [
      '-n',
      'kube-system',
      'get',
      ...wanted,
      '--ignore-not-found',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name}{"\\n"}{end}',
    ],
    ownServer(given.address, given.port),
  ).result()
  const found = new Set(stdout.toLowerCase().split('\n'))
  return wanted.filter((name) => !found.has(name))
}

/**
 * Initialise the first master of a cluster.
 *
 * Interrupted anywhere, it goes on: where no etcd data was written yet there is nothing worth keeping, and it begins
 * anew; where there is some, kubeadm goes through its phases again over what is there, which keeps authorities and data.
 * A master whose etcd knows others was finished long ago, even if its API server does not answer for want of a quorum.
 */
export const kubeadmInit = defineTask({
  name: 'kubeadm-init',
  description: 'Initialises the first master of a cluster with kubeadm init.',
  params,
  title: () => 'kubeadm init',

  async check(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    if (!state.touched) return drift({ what: 'control plane', to: `initialised on ${ctx.host.name}` })
    if (state.ready) {
      const lacking = state.complete ? await missing(ctx, given) : ['files of the control plane']
      return lacking.length === 0
        ? ok()
        : drift(...lacking.map((what) => ({ what, to: 'made by kubeadm init' })))
    }
    const members = state.hasData ? await listMembers(ctx) : undefined
    if ((members?.length ?? 0) > 1) return ok()
    return drift({ what: 'control plane', from: 'begun', to: `initialised on ${ctx.host.name}` })
  },

  async apply(ctx, given) {
    const state = await masterState(ctx, given.address, given.port)
    if (state.touched && !state.hasData) {
      ctx.log('an interrupted init left no data: it begins anew')
      await ctx.remote.run`kubeadm reset -f ${criSocketFlag(await ctx.remote.read(given.config))}`
    } else if (state.touched) ctx.log('an interrupted init goes on')
    await init(ctx, given, state.hasData)
  },
})

/** kubeadm refuses to guess between several runtimes, and `reset` reads no configuration before 1.31. */
export const criSocketFlag = (config: string | undefined): string[] => {
  const [, socket] = /criSocket: (\S+)/.exec(config ?? '') ?? []
  return socket === undefined ? [] : [`--cri-socket=${socket}`]
}

const init = async (
  { remote }: ApplyContext,
  { config, skipPhases, ignorePreflightErrors }: Params,
  resume: boolean,
): Promise<void> => {
  const ignored = [...ignorePreflightErrors, ...(resume ? traces : [])]
  await remote.run({ timeout: 900 })`kubeadm init --config ${config} ${[
    ...(skipPhases.length === 0 ? [] : [`--skip-phases=${skipPhases.join(',')}`]),
    ...(ignored.length === 0 ? [] : [`--ignore-preflight-errors=${ignored.join(',')}`]),
    // it prints a token and a key for joining; whoever reads the log of a run needs neither
    '--skip-token-print',
  ]}`
}
