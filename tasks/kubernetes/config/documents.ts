/** Parts that the configuration versions have in common. */
import type { Cluster } from '../kubeadm/settings.ts'
import { hostOf } from '../kubeadm/settings.ts'
import type { Document } from '../kubeadm/yaml.ts'

export const apiServerSans = ({ controlPlaneEndpoint, certSANs }: Cluster): string[] => [
  ...new Set([hostOf(controlPlaneEndpoint), ...certSANs]),
]

/** The kubelet's own settings, where some are given. */
export const kubeletDocuments = ({ cgroupDriver, failSwapOn }: Cluster): Document[] =>
  cgroupDriver === undefined && failSwapOn === undefined
    ? []
    : [
        {
          apiVersion: 'kubelet.config.k8s.io/v1beta1',
          kind: 'KubeletConfiguration',
          cgroupDriver,
          failSwapOn,
        },
      ]

/** kube-proxy's own settings. From 1.37 on an unset mode is warned about, so it is always said there. */
export const kubeProxyDocuments = (
  { kubeProxyConntrackMaxPerCore: maxPerCore }: Cluster,
  mode?: string,
): Document[] =>
  maxPerCore === undefined && mode === undefined
    ? []
    : [
        {
          apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
          kind: 'KubeProxyConfiguration',
          mode,
          conntrack: maxPerCore === undefined ? undefined : { maxPerCore },
        },
      ]
