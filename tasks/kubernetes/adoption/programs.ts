/** The settings of kubelets and kube-proxy, from the configuration that a cluster keeps for them. Pure. */
import { leavesOf } from '../kubeadm/cluster-differences.ts'
import type { Cluster } from '../kubeadm/settings.ts'
import { clusterSettings } from '../kubeadm/settings.ts'
import { usualProxyMode } from '../kubeadm/versions.ts'
import { isMap } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { isUnset } from '../reconfigure/differences.ts'
import { filled } from './filled.ts'

/** Fields that say which document it is, or that kubeadm sets on each host by itself. */
const ofDocument = new Set(['apiVersion', 'kind', 'resolvConf', 'containerRuntimeEndpoint'])

const isNothing = (value: unknown): boolean => leavesOf(value).every(([, text]) => isUnset(text))

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(leavesOf(one)) === JSON.stringify(leavesOf(other)) || (isNothing(one) && isNothing(other))

/**
 * The fields of a document that another one does not have, or has with other values.
 *
 * @param usual the document as kubeadm writes it where none of the fields is set.
 */
export const fieldsBeyond = (there: Document, usual: Document): Record<string, unknown> =>
  filled(
    Object.fromEntries(
      Object.entries(there).map(([key, value]): [string, unknown] => {
        const other = usual[key]
        if (isSame(value, other)) return [key, undefined]
        return [key, isMap(value) && isMap(other) ? fieldsBeyond(value, other) : value]
      }),
    ),
  )

const ownFields = (there: Document, usual: Document): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fieldsBeyond(there, usual)).filter(([key]) => !ofDocument.has(key)))

/** The settings of the kubelets. */
export const kubeletSettings = (
  there: Document,
  usual: Document,
): Pick<Cluster, 'cgroupDriver' | 'failSwapOn' | 'kubelet'> => {
  const { cgroupDriver, failSwapOn, ...kubelet } = ownFields(there, usual)
  return {
    cgroupDriver: clusterSettings.cgroupDriver.safeParse(cgroupDriver).data,
    failSwapOn: clusterSettings.failSwapOn.safeParse(failSwapOn).data,
    kubelet: clusterSettings.kubelet.safeParse(filledOrNone(kubelet)).data,
  }
}

/** The settings of kube-proxy. */
export const kubeProxySettings = (
  there: Document,
  usual: Document,
): Pick<Cluster, 'kubeProxyConntrackMaxPerCore' | 'kubeProxy'> => {
  const { conntrack, mode, ...others } = ownFields(there, usual)
  const { maxPerCore, ...limits } = isMap(conntrack) ? conntrack : {}
  const isUsualMode = [mode, usual['mode']].every(
    (one) => one === undefined || one === '' || one === usualProxyMode,
  )
  const kubeProxy = filled({ mode: isUsualMode ? undefined : mode, ...others, conntrack: limits })
  return {
    kubeProxyConntrackMaxPerCore: clusterSettings.kubeProxyConntrackMaxPerCore.safeParse(maxPerCore).data,
    kubeProxy: clusterSettings.kubeProxy.safeParse(filledOrNone(kubeProxy)).data,
  }
}

const filledOrNone = (all: Record<string, unknown>): Record<string, unknown> | undefined =>
  Object.keys(all).length === 0 ? undefined : all
