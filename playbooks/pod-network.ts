/** The pod network that the inventory wants. */
import type { ControlPlaneVars } from './control-plane-vars.ts'

type NetworkVars = Pick<ControlPlaneVars, 'cni_manifest' | 'pod_subnet'>

/** Whether others install the pod network, at a time that is not known here. */
export const isInstalledByOthers = ({ cni_manifest: manifest }: NetworkVars): boolean => manifest === 'none'

/** The manifest of the network and the pods' networks in it; nothing for a network that others install. */
export const wantedNetwork = (vars: NetworkVars): { manifest: string; podCidr: string } | undefined =>
  isInstalledByOthers(vars) ? undefined : { manifest: vars.cni_manifest, podCidr: vars.pod_subnet }
