/** Parts shared by the configuration versions. */
import type { Cluster } from '../kubeadm/settings.ts'
import { hostOf } from '../kubeadm/settings.ts'
import type { ReleaseFacts } from '../kubeadm/versions/release.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { unlessEmpty } from './arguments.ts'
import { merged, programKinds } from './merge.ts'

export const apiServerSans = ({ controlPlaneEndpoint, certSANs }: Cluster): string[] => [
  ...new Set([hostOf(controlPlaneEndpoint), ...certSANs]),
]

/** A document of a program's own configuration, if any of its fields is given. */
const component = (kind: keyof typeof programKinds, fields: Document): Document[] =>
  unlessEmpty(fields) === undefined ? [] : [{ apiVersion: programKinds[kind], kind, ...fields }]

/** The kubelet's configuration, if any of its settings is given. */
export const kubeletDocuments = ({ cgroupDriver, failSwapOn, kubelet }: Cluster): Document[] =>
  component('KubeletConfiguration', merged({ cgroupDriver, failSwapOn }, kubelet ?? {}))

/** kube-proxy's configuration, if any of its settings is given, or the release wants a mode. */
export const kubeProxyDocuments = (
  { kubeProxyConntrackMaxPerCore: maxPerCore, kubeProxy }: Cluster,
  { proxyMode }: Pick<ReleaseFacts, 'proxyMode'>,
): Document[] =>
  component(
    'KubeProxyConfiguration',
    merged(
      { mode: proxyMode, conntrack: maxPerCore === undefined ? undefined : { maxPerCore } },
      kubeProxy ?? {},
    ),
  )
