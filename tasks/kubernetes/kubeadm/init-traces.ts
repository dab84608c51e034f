/** Objects that a completed `kubeadm init` leaves in the cluster, and the phase that creates each. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import type { Addon } from '../config/addons.ts'
import { kubectl } from './kubectl.ts'
import { kubeletConfigMapOf, minorOf } from './versions.ts'

export interface Trace {
  /** `kind/name`, as kubectl prints it. */
  readonly object: string
  readonly namespace: string
  /** The phase of `kubeadm init` that creates it (1.13 and later). */
  readonly phase: string
}

/** The objects that an init of a version creates, in the order of its phases. */
const tracesOf = (version: string): Trace[] =>
  [
    ['configmap/kubeadm-config', 'kube-system', 'upload-config kubeadm'],
    [`configmap/${kubeletConfigMapOf(version)}`, 'kube-system', 'upload-config kubelet'],
    ['configmap/cluster-info', 'kube-public', 'bootstrap-token'],
    ['daemonset.apps/kube-proxy', 'kube-system', 'addon kube-proxy'],
    ['deployment.apps/coredns', 'kube-system', 'addon coredns'],
  ].map(([object = '', namespace = '', phase = '']) => ({ object, namespace, phase }))

/** What `kubeadm init` leaves out: phases that the user skips, and addons that are disabled. */
interface LeftOut {
  readonly skipPhases: readonly string[]
  readonly disabledAddons: readonly Addon[]
}

/** Whether a phase is left out, or the phase that contains it: `addon/coredns`, `addon`. */
const isLeftOut = ({ phase }: Trace, { skipPhases, disabledAddons }: LeftOut): boolean =>
  disabledAddons.some((addon) => phase === `addon ${addon}`) ||
  skipPhases.some((name) => name === phase.replace(' ', '/') || name === phase.split(' ')[0])

const namesIn = async (
  ctx: CheckContext,
  namespace: string,
  traces: readonly Trace[],
  server: string,
): Promise<string[]> => {
  const objects = traces.filter((trace) => trace.namespace === namespace).map(({ object }) => object)
  const words = ['-n', namespace, 'get', ...objects, '--ignore-not-found', '-o', 'name']
  // before 1.16, names included another group: daemonset.extensions/kube-proxy
  return (await kubectl(ctx, words, server).lines()).map((line) => line.replace(/\..*\//, '/'))
}

/**
 * The objects that do not exist. If kubectl fails, this fails too.
 *
 * @param server the API server to query.
 */
export const missingTraces = async (
  ctx: CheckContext,
  { version, ...leftOut }: LeftOut & { readonly version: string },
  server: string,
): Promise<Trace[]> => {
  const traces = tracesOf(version).filter((trace) => !isLeftOut(trace, leftOut))
  const names = await Promise.all(
    ['kube-system', 'kube-public'].map((namespace) => namesIn(ctx, namespace, traces, server)),
  )
  const found = new Set(names.flat())
  return traces.filter(({ object }) => !found.has(object.replace(/\..*\//, '/')))
}

/**
 * The version of the cluster according to its configuration; undefined if it is not stored yet.
 *
 * @throws `task-failed` if its minor release is different: a configuration cannot upgrade a cluster.
 */
export const refuseOtherVersion = async (
  ctx: CheckContext,
  version: string,
  server: string,
): Promise<void> => {
  const words = ['-n', 'kube-system', 'get', 'configmap', 'kubeadm-config', '--ignore-not-found', '-o']
  const text = await kubectl(ctx, [...words, 'jsonpath={.data}'], server).text()
  const [, running] = /kubernetesVersion: "?(v[\d.]+)/.exec(text) ?? []
  if (running === undefined || minorOf(running) === minorOf(version)) return
  throw new CoxswainError(
    'task-failed',
    `the cluster runs ${running}, but kubernetes_version is ${version}`,
    {
      hint: `set kubernetes_version to ${running}; to upgrade, run playbooks/upgrade.ts`,
    },
  )
}
