/** Which versions of programs go together (Kubernetes, "Version Skew Policy"). */
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from './kubectl.ts'
import { factsOf, minorOf } from './versions.ts'

/** A version in a text, such as `v1.37.2`. */
export const versionIn = (text: string): string | undefined => /v1\.\d+\.\d+[\w.+-]*/.exec(text)?.[0]

/** Why a kubelet does not go with an API server; undefined if it does. */
export const kubeletFault = (kubelet: string, api: string): string | undefined => {
  const older = minorOf(api) - minorOf(kubelet)
  if (older < 0) return `its kubelet ${kubelet} is newer than the API server ${api}`
  const { kubeletSkew } = factsOf(api)
  return older > kubeletSkew
    ? `its kubelet ${kubelet} is too old for the API server ${api}, which accepts ${kubeletSkew} minor releases before its own`
    : undefined
}

/** Whether a kubelet would be newer than an API server. */
export const isNewerThan = (kubelet: string, api: string): boolean => minorOf(kubelet) > minorOf(api)

/** Why kubeadm cannot join a node to a cluster; undefined if it can: it must be of the minor release that the cluster has. */
export const kubeadmFault = (kubeadm: string, cluster: string): string | undefined =>
  minorOf(kubeadm) === minorOf(cluster)
    ? undefined
    : `its kubeadm ${kubeadm} is of another minor release than the cluster, ${cluster}`

/**
 * The versions of the API servers of a cluster, by their pods; that of the one which answers, if the pods do not say it.
 *
 * @param via a control-plane node.
 */
export const apiVersions = async (via: CheckContext): Promise<string[]> => {
  const images = await kubectl(via, [
    '-n',
    'kube-system',
    'get',
    'pods',
    '-l',
    'component=kube-apiserver',
    '-o',
    'jsonpath={.items[*].spec.containers[0].image}',
  ]).text()
  const found = images.split(/\s+/).flatMap((image) => /:(v1\.\d+\.\d+\S*)$/.exec(image)?.[1] ?? [])
  if (found.length > 0) return [...new Set(found)]
  const one = versionIn(await kubectl(via, ['get', '--raw', '/version']).text())
  return one === undefined ? [] : [one]
}
