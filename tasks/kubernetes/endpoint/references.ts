/** Where a node and a cluster refer to endpoints. */
import type { CheckContext } from '../../../engine/index.ts'
import { accountOf } from '../../system/accounts/account.ts'
import { clusterInfoKubeconfig } from '../kubeadm/cluster-info.ts'
import { kubeconfigs, kubeletConf, kubeletRestartPath } from '../kubeadm/paths.ts'
import { readKubeProxy } from '../reconfigure/kube-proxy.ts'
import { livingEndpoint, serverOf } from './move.ts'
import type { Asking } from './move.ts'
import { readers, readersToRestart } from './put-files.ts'
import { endpointsIn, isOneOf, isSameEndpoint } from './servers.ts'

/** Programs of a control-plane node that can ask its own API server, whatever the endpoint of the cluster is. */
const localConfs: ReadonlySet<string> = new Set([kubeletConf, ...Object.keys(readers)])

/**
 * The endpoints that a file must not refer to.
 *
 * @param own the API server of the host itself, to which the kubelet, the controller manager and the scheduler can refer.
 */
export const leftBy = (path: string, from: readonly string[], own: string | undefined): readonly string[] =>
  own !== undefined && localConfs.has(path) ? from.filter((one) => !isSameEndpoint(one, own)) : from

/**
 * The endpoint that a file gets: for the controller manager and the scheduler, the API server of their own host, as kubeadm sets it from 1.20
 * on. Both are healthy while they reach none, so nothing would prove another one.
 */
export const endpointFor = (path: string, to: string, own: string | undefined): string =>
  own !== undefined && path in readers ? own : to

/** A file with a kubeconfig. */
export interface KubeconfigFile {
  readonly path: string
  readonly text: string
  /** The endpoints that it must not refer to. */
  readonly left: readonly string[]
}

/** The kubeconfigs that a node has: those of kubeadm, and those in the home folders of users. */
export const kubeconfigsOf = async (
  ctx: CheckContext,
  {
    users,
    from,
    own,
  }: {
    readonly users: readonly string[]
    readonly from: readonly string[]
    readonly own: string | undefined
  },
): Promise<KubeconfigFile[]> => {
  const homes = await Promise.all(users.map((user) => accountOf(ctx, user)))
  const paths = [...new Set([...kubeconfigs, ...homes.map(({ home }) => `${home}/.kube/config`)])]
  const texts = await Promise.all(paths.map((path) => ctx.remote.read(path)))
  return paths.flatMap((path, at) => {
    const text = texts[at]
    return text === undefined ? [] : [{ path, text, left: leftBy(path, from, own) }]
  })
}

/** The endpoints in a kubeconfig that it must not refer to. */
export const wrongIn = ({ text, left }: KubeconfigFile): string[] =>
  endpointsIn(text).filter((one) => isOneOf(one, left))

/** What a node still has of the endpoints that the cluster leaves: files, and a kubelet that was not restarted. */
export const leftOnHost = async (
  ctx: CheckContext,
  given: Parameters<typeof kubeconfigsOf>[1],
): Promise<string[]> => {
  const [files, pending, pods] = await Promise.all([
    kubeconfigsOf(ctx, given),
    ctx.remote.exists(kubeletRestartPath),
    readersToRestart(ctx),
  ])
  return [
    ...files.flatMap((file) =>
      wrongIn(file).map((one) => `${file.path} of ${ctx.host.name} refers to ${one}`),
    ),
    ...(pending ? [`the kubelet of ${ctx.host.name} must be restarted`] : []),
    ...pods.map((pod) => `the static pod ${pod} of ${ctx.host.name} must be restarted`),
  ]
}

/**
 * The ConfigMaps of kubeadm that refer to endpoints that the cluster leaves.
 *
 * @throws `task-failed` if one cannot be asked.
 */
export const leftInCluster = async (
  ctx: CheckContext,
  from: readonly string[],
  given: Pick<Asking, 'masters' | 'port'>,
): Promise<string[]> => {
  const server = serverOf(ctx, given)
  const [living, info, proxy] = await Promise.all([
    livingEndpoint(ctx, given),
    clusterInfoKubeconfig(ctx, server),
    readKubeProxy(ctx, server),
  ])
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['kubeadm-config', [living]],
    ['cluster-info', endpointsIn(info ?? '')],
    ['kube-proxy', endpointsIn(proxy?.data['kubeconfig.conf'] ?? '')],
  ]
  return named.flatMap(([name, found]) =>
    found.filter((one) => isOneOf(one, from)).map((one) => `the ConfigMap ${name} refers to ${one}`),
  )
}
