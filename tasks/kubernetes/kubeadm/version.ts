import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

/** The minor number of `v1.N.P`: what decides how kubeadm is spoken to. */
export const minorOf = (version: string): number => {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:\.|$)/.exec(version) ?? []
  if (major !== '1' || minor === undefined) {
    throw new CoxswainError('params-invalid', `not a Kubernetes version: ${version}`, {
      hint: 'write it as v1.20.2',
    })
  }
  return Number(minor)
}

export type ConfigVersion = 'v1alpha2' | 'v1alpha3' | 'v1beta1' | 'v1beta2' | 'v1beta3' | 'v1beta4'

/** The newest configuration version that each minor release reads without complaint. */
const since: readonly (readonly [number, ConfigVersion])[] = [
  [31, 'v1beta4'],
  [22, 'v1beta3'],
  [15, 'v1beta2'],
  [13, 'v1beta1'],
  [12, 'v1alpha3'],
  [11, 'v1alpha2'],
]

/**
 * The kubeadm configuration version for a Kubernetes version.
 *
 * @throws `params-invalid` before 1.11, where a highly available control plane by kubeadm began.
 */
export const configVersionFor = (version: string): ConfigVersion => {
  const minor = minorOf(version)
  const found = since.find(([first]) => minor >= first)
  if (found === undefined) {
    throw new CoxswainError('params-invalid', `Kubernetes ${version} is too old`, {
      hint: 'it takes v1.11 or later',
    })
  }
  return found[1]
}

/** Label of a control-plane node, and key of its taint. The old names went in 1.24 and 1.25. */
export const controlPlaneLabel = (version: string): string =>
  minorOf(version) >= 20 ? 'node-role.kubernetes.io/control-plane' : 'node-role.kubernetes.io/master'
export const controlPlaneTaint = (version: string): string =>
  minorOf(version) >= 24 ? 'node-role.kubernetes.io/control-plane' : 'node-role.kubernetes.io/master'

/** The ConfigMap of the kubelets' configuration. */
export const kubeletConfigMap = (version: string): string =>
  minorOf(version) >= 24 ? 'kubelet-config' : `kubelet-config-1.${minorOf(version)}`

/**
 * Asks kubeadm for its version, before anything is done that would need it.
 *
 * @throws `command-failed` where it is not installed.
 */
export const requireKubeadm = ({ remote }: CheckContext): Promise<string> =>
  remote.query`kubeadm version -o short`.text()
