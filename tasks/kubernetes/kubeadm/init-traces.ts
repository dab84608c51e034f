/** What a finished `kubeadm init` leaves in the cluster, and the phase that leaves it. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from './kubectl.ts'
import { kubeletConfigMap, minorOf } from './version.ts'

export interface Trace {
  /** `kind/name`, as kubectl prints it. */
  readonly object: string
  readonly namespace: string
  /** The phase of `kubeadm init` that makes it (1.13 and later). */
  readonly phase: string
}

/** The traces that an init of a version leaves, in the order of its phases. */
const tracesOf = (version: string): Trace[] =>
  [
    ['configmap/kubeadm-config', 'kube-system', 'upload-config kubeadm'],
    [`configmap/${kubeletConfigMap(version)}`, 'kube-system', 'upload-config kubelet'],
    ['configmap/cluster-info', 'kube-public', 'bootstrap-token'],
    ['daemonset.apps/kube-proxy', 'kube-system', 'addon kube-proxy'],
    ['deployment.apps/coredns', 'kube-system', 'addon coredns'],
  ].map(([object = '', namespace = '', phase = '']) => ({ object, namespace, phase }))

/** Whether a phase is left out on purpose, itself or as a whole: `addon/coredns`, `addon`. */
const skipped = ({ phase }: Trace, skipPhases: readonly string[]): boolean =>
  skipPhases.some((name) => name === phase.replace(' ', '/') || name === phase.split(' ')[0])

const namesIn = async (
  ctx: CheckContext,
  namespace: string,
  traces: readonly Trace[],
  server: string,
): Promise<string[]> => {
  const objects = traces.filter((trace) => trace.namespace === namespace).map(({ object }) => object)
  const words = ['-n', namespace, 'get', ...objects, '--ignore-not-found', '-o', 'name']
  // the names of groups were longer before 1.16: daemonset.extensions/kube-proxy
  return (await kubectl(ctx, words, server).lines()).map((line) => line.replace(/\..*\//, '/'))
}

/**
 * The traces that are not there. A kubectl that fails is a failure, not an answer.
 *
 * @param server the API server to ask.
 */
export const missingTraces = async (
  ctx: CheckContext,
  { version, skipPhases }: { readonly version: string; readonly skipPhases: readonly string[] },
  server: string,
): Promise<Trace[]> => {
  const traces = tracesOf(version).filter((trace) => !skipped(trace, skipPhases))
  const names = await Promise.all(
    ['kube-system', 'kube-public'].map((namespace) => namesIn(ctx, namespace, traces, server)),
  )
  const found = new Set(names.flat())
  return traces.filter(({ object }) => !found.has(object.replace(/\..*\//, '/')))
}

/**
 * The version that the cluster says it has; undefined before it has said so.
 *
 * @throws `task-failed` when it is of another minor release: a configuration cannot upgrade a cluster.
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
      hint: `set kubernetes_version to ${running}; to upgrade, see kubeadm upgrade`,
    },
  )
}
