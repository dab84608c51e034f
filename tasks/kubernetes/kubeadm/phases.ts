import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { certificateProblems, removeBadLeaves } from './certificates.ts'
import { listMembers, memberOf } from '../etcd/etcd.ts'
import { eventually } from '../../shared/eventually.ts'
import { apiReady, kubectl } from './kubectl.ts'
import { controlPlane, kubeletConf, kubeletConfig, manifest, manifests } from './paths.ts'
import { controlPlaneLabel, controlPlaneTaint, minorOf } from './version.ts'

/** What a phase knows of the master that it works on. */
export interface PhaseParams {
  readonly version: string
  readonly node: string
  readonly address: string
  readonly port: number
  readonly apiNames: readonly string[]
}

/** Whose phases: those of `kubeadm init`, or those of `kubeadm join` (1.14 and later). */
export const flows = ['init', 'join'] as const
export type Flow = (typeof flows)[number]

interface Phase {
  /** What kubeadm is told, by its minor version; nothing where it has no such phase. */
  readonly commands: (minor: number, flow: Flow) => readonly string[]
  /** Waits for what the command needs to find, and clears what is in its way. */
  readonly prepare?: (ctx: ApplyContext, params: PhaseParams) => Promise<void>
  /** What is not there yet that the phase brings about, in words. */
  readonly problems: (ctx: CheckContext, params: PhaseParams) => Promise<string[]>
  /** Waits for what the phase sets going. */
  readonly settle?: (ctx: ApplyContext, params: PhaseParams) => Promise<void>
}

export const phaseNames = [
  'certs all',
  'kubelet-start',
  'kubeconfig kubelet',
  'kubeconfig all',
  'etcd local',
  'control-plane all',
  'mark-control-plane',
  'upload-config kubelet',
  'kubelet-finalize all',
] as const
export type PhaseName = (typeof phaseNames)[number]

/** The names that a phase has had; its first one is that of `kubeadm init`, from 1.13 on. */
interface Names {
  /** Before 1.13: the name of today where it was the same, several where they were several. */
  readonly alpha?: (minor: number) => readonly string[]
  /** Of `kubeadm join`; kubeadm there gets each kubelet its kubeconfig by itself. */
  readonly join?: (minor: number) => string
}

const named =
  (init: string, { alpha = () => [init], join }: Names) =>
  (minor: number, flow: Flow): string[] => {
    if (flow === 'join') return join === undefined || minor < 14 ? [] : [`join phase ${join(minor)}`]
    return minor >= 13 ? [`init phase ${init}`] : alpha(minor).map((name) => `alpha phase ${name}`)
  }

const missing = async ({ remote }: CheckContext, paths: readonly string[]): Promise<string[]> => {
  const there = await Promise.all(paths.map((path) => remote.stat(path)))
  // a file that a crash cut off at its very beginning is as good as none
  return paths.filter((_, index) => (there[index]?.size ?? 0) === 0).map((path) => `${path} is missing`)
}

/** Waits until a phase has no problem left. */
const until =
  (phase: () => Pick<Phase, 'problems'>, seconds: number) =>
  (ctx: ApplyContext, params: PhaseParams): Promise<void> =>
    eventually(ctx, () => phase().problems(ctx, params), {
      seconds,
      hint: 'check the static pods: crictl ps -a, and journalctl -u kubelet',
    })

const rotatedCertificate = '/var/lib/kubelet/pki/kubelet-client-current.pem'

/** Its port for health is 10248 (kubeadm's default), open to this host only. */
const kubeletRuns = async ({ remote }: CheckContext): Promise<string[]> => {
  const health = remote.query({ timeout: 15 })`curl -sf --max-time 5 http://127.0.0.1:10248/healthz`
  const [unit, { code, stdout }] = await Promise.all([
    remote.query`systemctl is-active kubelet`.result(),
    health.result(),
  ])
  const active = unit.stdout.trim()
  if (active !== 'active') return [`the kubelet is ${active}`]
  // without curl on the host, systemd's word is all there is
  return code === 127 || stdout.trim() === 'ok' ? [] : ['the kubelet is not healthy yet']
}

/**
 * The folder of static pods. A kubelet that does not find it when it starts looks again after 20 s only
 * (KubeletConfiguration, fileCheckFrequency); one that does sees each manifest at once.
 */
export const makeManifests = ({ remote }: ApplyContext): Promise<void> => remote.makeDirectory(manifests)

/** A joiner's Node object appears some seconds after its kubelet has started. */
const nodeKnown: Pick<Phase, 'problems'> = {
  problems: async (ctx, { node }) =>
    (await kubectl(ctx, ['get', 'node', node]).succeeds())
      ? []
      : [`the node ${node} is not known to the cluster yet`],
}

/** How a node shows that it is a control-plane node. */
const markProblems = async (ctx: CheckContext, { node, version }: PhaseParams): Promise<string[]> => {
  const { ok, stdout } = await kubectl(ctx, [
    'get',
    'node',
    node,
    '-o',
    'jsonpath={.metadata.labels}{"\\n"}{.spec.taints[*].key}',
  ]).result()
  if (!ok) return [`the node ${node} is not known to the cluster`]
  const [labels = '', taints = ''] = stdout.split('\n')
  return [
    ...(labels.includes(`"${controlPlaneLabel(version)}"`)
      ? []
      : ['the label of a control-plane node is missing']),
    ...(taints.split(' ').includes(controlPlaneTaint(version))
      ? []
      : ['the taint of a control-plane node is missing']),
  ]
}

/** kubeadm writes a Node where its container runtime listens, for its own upgrades; from 1.34 on it keeps a file. */
const socketProblems = async (ctx: CheckContext, { node, version }: PhaseParams): Promise<string[]> => {
  const minor = minorOf(version)
  if (minor < 12 || minor >= 34) return []
  const path = 'jsonpath={.metadata.annotations.kubeadm\\.alpha\\.kubernetes\\.io/cri-socket}'
  const { stdout } = await kubectl(ctx, ['get', 'node', node, '-o', path]).result()
  return stdout === '' ? [`the node ${node} does not say where its container runtime listens`] : []
}

const masterKubeconfigs = ['admin', 'kubelet', 'controller-manager', 'scheduler'] as const

/** A kubelet's first certificate stands in its kubeconfig and ends after a year; the later ones it renews by itself. */
const rotationProblems = async ({ remote }: CheckContext, { version }: PhaseParams): Promise<string[]> => {
  if (minorOf(version) < 17) return []
  const text = (await remote.read(kubeletConf)) ?? ''
  return text.includes(rotatedCertificate)
    ? []
    : [`${kubeletConf} contains a certificate that is not renewed`]
}

/** kubeadm's phases with what tells that each is done. */
export const phases: Readonly<Record<PhaseName, Phase>> = {
  'certs all': {
    commands: named('certs all', { join: () => 'control-plane-prepare certs' }),
    prepare: removeBadLeaves,
    problems: certificateProblems,
  },
  'kubelet-start': {
    commands: named('kubelet-start', {
      alpha: () => ['kubelet config write-to-disk', 'kubelet write-env-file'],
      join: () => 'kubelet-start',
    }),
    prepare: makeManifests,
    problems: async (ctx) => {
      const [files, running] = await Promise.all([
        missing(ctx, [kubeletConfig, '/var/lib/kubelet/kubeadm-flags.env']),
        kubeletRuns(ctx),
      ])
      return [...files, ...running]
    },
    settle: async (ctx, params) => {
      // the phases before 1.13 only wrote its files
      if (minorOf(params.version) < 13) await ctx.remote.run`systemctl restart kubelet`
      await until(() => phases['kubelet-start'], 60)(ctx, params)
    },
  },
  'kubeconfig kubelet': {
    commands: named('kubeconfig kubelet', {}),
    problems: (ctx) => missing(ctx, [kubeletConf]),
  },
  'kubeconfig all': {
    commands: (minor, flow) =>
      // from 1.29 on `all` makes a super-admin.conf as well, which only the first master is to have
      flow === 'init' && minor >= 29
        ? masterKubeconfigs.map((name) => `init phase kubeconfig ${name}`)
        : named('kubeconfig all', { join: () => 'control-plane-prepare kubeconfig' })(minor, flow),
    problems: (ctx) =>
      missing(
        ctx,
        masterKubeconfigs.map((name) => `/etc/kubernetes/${name}.conf`),
      ),
  },
  'etcd local': {
    commands: named('etcd local', {
      join: (minor) => (minor >= 35 ? 'etcd-join' : 'control-plane-join etcd'),
    }),
    problems: async (ctx, { address }) => {
      const absent = await missing(ctx, [manifest('etcd')])
      if (absent.length > 0) return absent
      const own = memberOf((await listMembers(ctx)) ?? [], address)
      return own?.started === true ? [] : ['its etcd has not started']
    },
    settle: until(() => phases['etcd local'], 180),
  },
  'control-plane all': {
    commands: named('control-plane all', {
      alpha: () => ['controlplane all'],
      join: () => 'control-plane-prepare control-plane',
    }),
    problems: async (ctx, { address, port }) => {
      const absent = await missing(ctx, controlPlane.map(manifest))
      if (absent.length > 0) return absent
      return (await apiReady(ctx, address, port)) ? [] : ['its API server is not ready']
    },
    settle: until(() => phases['control-plane all'], 240),
  },
  'mark-control-plane': {
    commands: named('mark-control-plane', {
      alpha: () => ['mark-master'],
      join: () => 'control-plane-join mark-control-plane',
    }),
    prepare: until(() => nodeKnown, 120),
    problems: markProblems,
    settle: until(() => phases['mark-control-plane'], 60),
  },
  'upload-config kubelet': {
    commands: named('upload-config kubelet', {
      alpha: (minor) => (minor === 12 ? ['kubelet config annotate-cri'] : []),
    }),
    prepare: until(() => nodeKnown, 120),
    problems: socketProblems,
  },
  'kubelet-finalize all': {
    commands: (minor, flow) => (minor >= 17 && flow === 'init' ? ['init phase kubelet-finalize all'] : []),
    // the kubelet has been given its first certificate that it can renew
    prepare: until(() => ({ problems: (ctx) => missing(ctx, [rotatedCertificate]) }), 120),
    problems: rotationProblems,
  },
}
