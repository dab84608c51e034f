import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { certificateProblems, removeBadLeaves } from './certificates.ts'
import { listMembers, memberOf } from '../etcd/members.ts'
import { withEtcdPatch } from './etcd-patch.ts'
import { eventually } from '../../shared/eventually.ts'
import { apiReady, kubectl } from './kubectl.ts'
import { kubeletProblems } from './kubelet.ts'
import {
  controlPlane,
  kubeletClient,
  kubeletConf,
  kubeletConfig,
  kubeletFlags,
  manifest,
  manifests,
} from './paths.ts'
import type { PhaseName } from './versions/release.ts'
import { factsOf } from './versions.ts'

/** Parameters of a phase: the control-plane node that it runs on. */
export interface PhaseParams {
  readonly version: string
  readonly node: string
  readonly address: string
  readonly port: number
  readonly apiNames: readonly string[]
}

interface Phase {
  /** Waits for what the command needs, and removes what would make it fail. */
  readonly prepare?: (ctx: ApplyContext, params: PhaseParams) => Promise<void>
  /** Describes what is missing that the phase creates. */
  readonly problems: (ctx: CheckContext, params: PhaseParams) => Promise<string[]>
  /** Runs the commands with what they need only while they run, and passes them its options. */
  readonly around?: typeof withEtcdPatch
  /** Waits for what the phase starts. */
  readonly settle?: (ctx: ApplyContext, params: PhaseParams) => Promise<void>
}

const missing = async ({ remote }: CheckContext, paths: readonly string[]): Promise<string[]> => {
  const there = await Promise.all(paths.map((path) => remote.stat(path)))
  // a file that a crash left empty counts as missing
  return paths.filter((_, index) => (there[index]?.size ?? 0) === 0).map((path) => `${path} is missing`)
}

/** Waits until a phase has no problems left. */
const until =
  (phase: () => Pick<Phase, 'problems'>, seconds: number) =>
  (ctx: ApplyContext, params: PhaseParams): Promise<void> =>
    eventually(ctx, () => phase().problems(ctx, params), {
      seconds,
      hint: 'check the static pods: journalctl -u kubelet; tail /var/log/pods/kube-system_*/*/*.log',
    })

/**
 * Creates the folder of static pods. A kubelet that does not find it at startup checks again only after 20 s
 * (KubeletConfiguration, fileCheckFrequency); otherwise it sees each new manifest immediately.
 */
export const makeManifests = ({ remote }: ApplyContext): Promise<void> => remote.makeDirectory(manifests)

/** The Node object appears some seconds after the kubelet has started. */
const nodeKnown: Pick<Phase, 'problems'> = {
  problems: async (ctx, { node }) =>
    (await kubectl(ctx, ['get', 'node', node]).succeeds())
      ? []
      : [`the node ${node} is not known to the cluster yet`],
}

/**
 * Checks the label of a control-plane node. kubeadm sets label and taints in one patch, so the label shows that both were set;
 * a taint that is missing was removed by someone, who wants pods there.
 */
const markProblems = async (ctx: CheckContext, { node, version }: PhaseParams): Promise<string[]> => {
  const { ok, stdout } = await kubectl(ctx, [
    'get',
    'node',
    node,
    '-o',
    'jsonpath={.metadata.labels}',
  ]).result()
  if (!ok) return [`the node ${node} is not known to the cluster`]
  // where a release has two names, the last one is that of the releases after it
  const label = factsOf(version).labels.at(-1) ?? ''
  return stdout.includes(`"${label}"`) ? [] : ['the label of a control-plane node is missing']
}

/** kubeadm stores the socket of the container runtime, for upgrades. */
const socketProblems = async (ctx: CheckContext, { node, version }: PhaseParams): Promise<string[]> => {
  if (factsOf(version).keepsSocketIn !== 'an annotation of the Node') return []
  const path = 'jsonpath={.metadata.annotations.kubeadm\\.alpha\\.kubernetes\\.io/cri-socket}'
  const { stdout } = await kubectl(ctx, ['get', 'node', node, '-o', path]).result()
  return stdout === ''
    ? [`the node ${node} does not have the annotation with the socket of its container runtime`]
    : []
}

const masterKubeconfigs = ['admin', 'kubelet', 'controller-manager', 'scheduler'] as const

/** The kubelet's first certificate is in its kubeconfig and expires after a year; later ones are renewed automatically. */
const rotationProblems = async ({ remote }: CheckContext, { version }: PhaseParams): Promise<string[]> => {
  if (!factsOf(version).finalizesKubelet) return []
  const text = (await remote.read(kubeletConf)) ?? ''
  return text.includes(kubeletClient) ? [] : [`${kubeletConf} contains a certificate that is not renewed`]
}

/**
 * Whether the kubelet of a complete node has its first certificate in its kubeconfig, and one that it renews beside it: an
 * interrupted join that was continued leaves it so. A kubelet that renews nothing was set up so by the user.
 */
export const finalizeProblems = async (
  { remote }: CheckContext,
  { version }: Pick<PhaseParams, 'version'>,
): Promise<string[]> => {
  if (!factsOf(version).finalizesKubelet) return []
  const [text = '', settings = ''] = await Promise.all([remote.read(kubeletConf), remote.read(kubeletConfig)])
  return text.includes('client-certificate-data:') && /^rotateCertificates: true$/m.test(settings)
    ? [`${kubeletConf} contains a certificate that is not renewed`]
    : []
}

/** Lets the kubelet use the certificate that it renews (kubeadm init phase kubelet-finalize). */
export const finalizeKubelet = async (
  ctx: ApplyContext,
  params: PhaseParams & { readonly config: string },
): Promise<void> => {
  if ((await finalizeProblems(ctx, params)).length === 0) return
  await phases['kubelet-finalize all'].prepare?.(ctx, params)
  for (const line of factsOf(params.version).phases['kubelet-finalize all'].init)
    await ctx.remote.run({ timeout: 120 })`kubeadm ${line.split(' ')} --config ${params.config}`
}

/** The phases of kubeadm, and how to check whether each is done. */
export const phases: Readonly<Record<PhaseName, Phase>> = {
  'certs all': {
    prepare: removeBadLeaves,
    problems: certificateProblems,
  },
  'kubelet-start': {
    prepare: makeManifests,
    problems: async (ctx) => {
      const [files, running] = await Promise.all([
        missing(ctx, [kubeletConfig, kubeletFlags]),
        kubeletProblems(ctx),
      ])
      return [...files, ...running]
    },
    settle: async (ctx, params) => {
      if (!factsOf(params.version).startsKubelet) await ctx.remote.run`systemctl restart kubelet`
      await until(() => phases['kubelet-start'], 60)(ctx, params)
    },
  },
  'kubeconfig kubelet': {
    problems: (ctx) => missing(ctx, [kubeletConf]),
  },
  'kubeconfig all': {
    problems: (ctx) =>
      missing(
        ctx,
        masterKubeconfigs.map((name) => `/etc/kubernetes/${name}.conf`),
      ),
  },
  'etcd local': {
    problems: async (ctx, { address }) => {
      const absent = await missing(ctx, [manifest('etcd')])
      if (absent.length > 0) return absent
      const own = memberOf((await listMembers(ctx)) ?? [], address)
      return own?.started === true ? [] : ['its etcd has not started']
    },
    around: withEtcdPatch,
    settle: until(() => phases['etcd local'], 180),
  },
  'control-plane all': {
    problems: async (ctx, { address, port }) => {
      const absent = await missing(ctx, controlPlane.map(manifest))
      if (absent.length > 0) return absent
      return (await apiReady(ctx, address, port)) ? [] : ['its API server is not ready']
    },
    settle: until(() => phases['control-plane all'], 240),
  },
  'mark-control-plane': {
    prepare: until(() => nodeKnown, 120),
    problems: markProblems,
    settle: until(() => phases['mark-control-plane'], 60),
  },
  'upload-config kubelet': {
    prepare: until(() => nodeKnown, 120),
    problems: socketProblems,
  },
  'kubelet-finalize all': {
    // the kubelet has its first certificate that it can renew
    prepare: until(() => ({ problems: (ctx) => missing(ctx, [kubeletClient]) }), 120),
    problems: rotationProblems,
  },
}
