import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { certificateProblems } from './certificates.ts'
import { listMembers } from './etcd.ts'
import { eventually } from './eventually.ts'
import { apiReady, kubectl } from './kubectl.ts'
import { peerUrl } from './config/etcd-arguments.ts'
import { controlPlane, kubeletConf, kubeletConfig, manifest } from './paths.ts'
import { controlPlaneLabel, controlPlaneTaint } from './version.ts'

/** What a phase knows of the master that it works on. */
export interface PhaseParams {
  readonly version: string
  readonly node: string
  readonly address: string
  readonly port: number
  readonly apiNames: readonly string[]
}

interface Phase {
  /** The command lines, by the minor version of kubeadm. The phases were called otherwise before 1.13. */
  readonly commands: (minor: number) => readonly (readonly string[])[]
  /** Waits for what the command needs to find. */
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
] as const
export type PhaseName = (typeof phaseNames)[number]

const named =
  (init: string, alpha: string = init) =>
  (minor: number): string[][] =>
    minor >= 13
      ? [['kubeadm', 'init', 'phase', ...init.split(' ')]]
      : [['kubeadm', 'alpha', 'phase', ...alpha.split(' ')]]

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
      hint: 'look at the static pods: crictl ps -a, and journalctl -u kubelet',
    })

const kubeletRuns = async ({ remote }: CheckContext): Promise<string[]> => {
  const { stdout } = await remote.query`systemctl is-active kubelet`.result()
  return stdout.trim() === 'active' ? [] : [`the kubelet is ${stdout.trim()}`]
}

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

/** kubeadm's phases with what tells that each is done. */
export const phases: Readonly<Record<PhaseName, Phase>> = {
  'certs all': {
    commands: named('certs all'),
    problems: certificateProblems,
  },
  'kubelet-start': {
    commands: (minor) =>
      minor >= 13
        ? [['kubeadm', 'init', 'phase', 'kubelet-start']]
        : [
            ['kubeadm', 'alpha', 'phase', 'kubelet', 'config', 'write-to-disk'],
            ['kubeadm', 'alpha', 'phase', 'kubelet', 'write-env-file'],
            ['systemctl', 'restart', 'kubelet'],
          ],
    problems: async (ctx) => {
      const [files, running] = await Promise.all([
        missing(ctx, [kubeletConfig, '/var/lib/kubelet/kubeadm-flags.env']),
        kubeletRuns(ctx),
      ])
      return [...files, ...running]
    },
    settle: until(() => phases['kubelet-start'], 60),
  },
  'kubeconfig kubelet': {
    commands: named('kubeconfig kubelet'),
    problems: (ctx) => missing(ctx, [kubeletConf]),
  },
  'kubeconfig all': {
    commands: named('kubeconfig all'),
    problems: (ctx) =>
      missing(
        ctx,
        ['admin', 'kubelet', 'controller-manager', 'scheduler'].map((name) => `/etc/kubernetes/${name}.conf`),
      ),
  },
  'etcd local': {
    commands: named('etcd local'),
    problems: async (ctx, { address }) => {
      const absent = await missing(ctx, [manifest('etcd')])
      if (absent.length > 0) return absent
      const own = (await listMembers(ctx))?.find((member) => member.peerUrl === peerUrl({ address }))
      return own?.started === true ? [] : ['its etcd has not started']
    },
    settle: until(() => phases['etcd local'], 180),
  },
  'control-plane all': {
    commands: named('control-plane all', 'controlplane all'),
    problems: async (ctx, { address, port }) => {
      const absent = await missing(ctx, controlPlane.map(manifest))
      if (absent.length > 0) return absent
      return (await apiReady(ctx, address, port)) ? [] : ['its API server is not ready']
    },
    settle: until(() => phases['control-plane all'], 240),
  },
  'mark-control-plane': {
    commands: named('mark-control-plane', 'mark-master'),
    prepare: until(() => nodeKnown, 120),
    problems: markProblems,
    settle: until(() => phases['mark-control-plane'], 60),
  },
}
