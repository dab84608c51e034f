/** Manifests of pod networks: a local file, one at a URL, or a known network with a pinned version. */
import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { networkList } from './kubeadm/network-rules.ts'
import { readYaml } from './kubeadm/yaml.ts'
import { byFamily } from './networks/flannel.ts'
import { networksFault } from './networks/manifest-networks.ts'
import { download, namedNetworks, withChecksum } from './networks/named-networks.ts'

/** Parameters of a pod network. */
export const podNetwork = () =>
  z.object({
    manifest: z.string().describe('a path on this machine, a URL, or flannel, calico or cilium'),
    podCidr: networkList()
      .default('10.244.0.0/16')
      .describe('the network of the pods, in CIDR notation, or one of each family, comma-separated'),
    version: z
      .string()
      .optional()
      .describe('the version of flannel, calico or cilium; by default the one that this task pins'),
    sha256: z
      .string()
      .regex(/^[\da-f]{64}$/, 'must be a SHA-256 in 64 lower-case hexadecimal digits')
      .optional()
      .describe('the checksum of the manifest as it is published; a URL needs it'),
    mtu: z.coerce
      .number<number | string>()
      .int()
      .min(576)
      .max(65_535)
      .optional()
      .describe(
        'the MTU of the network between the nodes, from which the pod network takes off its own headers; a file needs {{mtu}} where it belongs; by default the pod network finds it',
      ),
  })

type Params = z.output<ReturnType<typeof podNetwork>>

/** Whether a manifest is a URL. */
const isUrl = (manifest: string): boolean => /^https?:\/\//.test(manifest)

/** Where a manifest is, and what it must be. */
interface Chosen {
  /** A path, a URL, or the name of a network. */
  readonly manifest: string
  /** Its checksum. */
  readonly sha256?: string | undefined
}

/** What is wrong with a manifest at a URL without a checksum: what is applied as administrator must be what was chosen. */
export const manifestFault = ({ manifest, sha256 }: Chosen): string | undefined =>
  isUrl(manifest) && sha256 === undefined
    ? 'a manifest at a URL needs its checksum: sha256sum FILE prints it'
    : undefined

const localText = async (manifest: string, sum: string | undefined): Promise<string> => {
  const bytes = await readFile(manifest).catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the manifest ${manifest}`, {
      cause,
      hint: `set manifest to the path of a file on this machine, or to one of ${Object.keys(namedNetworks).join(', ')}`,
    })
  })
  return withChecksum(bytes, manifest, sum)
}

/** A manifest of the user's with what belongs to the cluster. */
const filled = (text: string, { manifest, podCidr, mtu }: Params): string => {
  if (mtu !== undefined && !text.includes('{{mtu}}'))
    throw new CoxswainError('params-invalid', `${manifest} does not have {{mtu}}, so the MTU is not set`, {
      hint: 'write {{mtu}} where the MTU belongs, or remove mtu',
    })
  if (mtu === undefined && text.includes('{{mtu}}'))
    throw new CoxswainError('params-invalid', `${manifest} has {{mtu}}, and no MTU is given`, {
      hint: 'set mtu (the playbooks: cni_mtu)',
    })
  const { four = '', six = '' } = byFamily(podCidr)
  return text
    .replaceAll('{{podCidr}}', podCidr)
    .replaceAll('{{podCidrIPv4}}', four)
    .replaceAll('{{podCidrIPv6}}', six)
    .replaceAll('{{mtu}}', String(mtu))
}

/**
 * The manifest with the pod CIDR inserted. In a file of the user's, `{{podCidr}}` is replaced, and `{{podCidrIPv4}}` and
 * `{{podCidrIPv6}}` by the network of that family, empty if there is none, and `{{mtu}}`.
 *
 * @throws `params-invalid` for networks that are not those of the pods.
 */
export const manifestText = async (given: Params): Promise<string> => {
  const { manifest, podCidr, version, sha256, mtu } = given
  const named = namedNetworks[manifest]
  if (named !== undefined) return named.manifest({ version: version ?? named.pinned, podCidr, mtu, sha256 })
  const published = isUrl(manifest) ? download(manifest, sha256) : localText(manifest, sha256)
  const text = filled(await published, given)
  const fault = networksFault(text, podCidr)
  if (fault === undefined) return text
  throw new CoxswainError('params-invalid', `${manifest}: ${fault}`, {
    hint: 'write the networks of the pods into it: for flannel into net-conf.json, as Network (or EnableIPv4: false), EnableIPv6 and IPv6Network; or set pod_subnet to that of the cluster',
  })
}

/**
 * The manifest of a pod network. It is a fact, so that it is downloaded once, however often a check reads it. It fails if
 * the manifest cannot be read, or does not have a place for the pod CIDR.
 */
export const podNetworkManifest = defineTask({
  name: 'pod-network-manifest',
  description: 'Reads the manifest of a pod network, with the pod CIDR inserted.',
  params: podNetwork,
  check: async ({ once }, params) =>
    ok(await once(`manifest ${JSON.stringify(params)}`, () => manifestText(params))),
})

export interface DaemonSet {
  readonly name: string
  readonly namespace: string
}

const daemonSetSchema = z.object({
  kind: z.literal('DaemonSet'),
  metadata: z.object({ name: z.string(), namespace: z.string().default('default') }),
})

/** The DaemonSets of a manifest. */
export const daemonSets = (text: string): DaemonSet[] =>
  readYaml(text, 'the manifest').flatMap((document) => {
    const { success, data } = daemonSetSchema.safeParse(document)
    return success ? [data.metadata] : []
  })
