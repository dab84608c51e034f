/** The variables of the pod network, and what follows from them. */
import { z } from 'coxswain'
import { manifestFault } from 'coxswain/tasks'

/** The pod network that the inventory wants. */
export const networkVars = {
  cni_manifest: z
    .string()
    .default('flannel')
    .describe('a path here, a URL, or flannel, calico or cilium; none for a pod network that others install'),
  cni_version: z
    .string()
    .optional()
    .describe('the version of flannel, calico or cilium; by default one that is pinned here'),
  cni_manifest_sha256: z
    .string()
    .regex(/^[\da-f]{64}$/, 'must be a SHA-256 in 64 lower-case hexadecimal digits')
    .optional()
    .describe('the checksum of cni_manifest as it is published; a URL needs it'),
  cni_mtu: z
    .number()
    .int()
    .min(576)
    .max(65_535)
    .optional()
    .describe(
      'the MTU of the network between the nodes, from which the pod network takes off its own headers; a file needs {{mtu}} where it belongs; by default the pod network finds it',
    ),
}
type NetworkVars = z.output<z.ZodObject<typeof networkVars>>

/** What is wrong with a manifest at a URL: what is applied as administrator must be what was chosen. */
export const checksumFault = ({
  cni_manifest: manifest,
  cni_manifest_sha256: sum,
}: NetworkVars): string | undefined => manifestFault({ manifest, sha256: sum })

/** Whether others install the pod network, at a time that is not known here. */
export const isInstalledByOthers = ({ cni_manifest: manifest }: Pick<NetworkVars, 'cni_manifest'>): boolean =>
  manifest === 'none'

/** The manifest of the network, what belongs into it, and what it must be; nothing for a network that others install. */
export const wantedNetwork = (vars: NetworkVars & { readonly pod_subnet: string }) =>
  isInstalledByOthers(vars)
    ? undefined
    : {
        manifest: vars.cni_manifest,
        podCidr: vars.pod_subnet,
        version: vars.cni_version,
        sha256: vars.cni_manifest_sha256,
        mtu: vars.cni_mtu,
      }
