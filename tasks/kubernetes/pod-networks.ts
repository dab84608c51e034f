/** Manifests of pod networks: a local file, or a known network with a pinned version. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { networkList } from './kubeadm/network-rules.ts'
import { readYaml } from './kubeadm/yaml.ts'
import { byFamily, flannelFault, withFlannelNetworks } from './networks/flannel.ts'

const ownManifest = 'download it, and set manifest to the path of the file'

const download = async (url: string): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((cause: unknown) => {
    throw new CoxswainError('task-failed', `cannot download ${url}`, { cause, hint: ownManifest })
  })
  if (response.ok) return response.text()
  throw new CoxswainError('task-failed', `cannot download ${url}: HTTP status ${response.status}`, {
    hint: ownManifest,
  })
}

const withoutPlace = (url: string): CoxswainError =>
  new CoxswainError('task-failed', `${url} does not contain the setting for the pod CIDR`, {
    hint: ownManifest,
  })

const flannel = async (version: string, podCidr: string): Promise<string> => {
  const url = `https://github.com/flannel-io/flannel/releases/download/${version}/kube-flannel.yml`
  const text = withFlannelNetworks(await download(url), podCidr)
  if (text === undefined) throw withoutPlace(url)
  return text
}

const calico = async (version: string, podCidr: string): Promise<string> => {
  if (byFamily(podCidr).six !== undefined)
    throw new CoxswainError('params-invalid', "calico's manifest has no one place for a network of IPv6", {
      hint: 'edit the manifest (calico.yaml, "Configure dual stack or IPv6 only"), and set manifest to its path',
    })
  const url = `https://raw.githubusercontent.com/projectcalico/calico/${version}/manifests/calico.yaml`
  // the variable is commented out, with the default as its value
  const place = /# - name: CALICO_IPV4POOL_CIDR\n(\s*)#\s+value: "[^"]*"/
  const text = await download(url)
  if (!place.test(text)) throw withoutPlace(url)
  return text.replace(place, `- name: CALICO_IPV4POOL_CIDR\n$1  value: "${podCidr}"`)
}

/** cilium's values for the networks. */
const ciliumNetworks = (podCidr: string): string[] => {
  const { four, six } = byFamily(podCidr)
  return [
    ...(four === undefined ? ['ipv4.enabled=false'] : [`ipam.operator.clusterPoolIPv4PodCIDRList={${four}}`]),
    ...(six === undefined ? [] : ['ipv6.enabled=true', `ipam.operator.clusterPoolIPv6PodCIDRList={${six}}`]),
  ]
}

/** Cilium is published only as a chart, which `helm` on this machine renders. */
const cilium = async (version: string, podCidr: string): Promise<string> => {
  // with hubble, the chart creates new certificates every time, so the check would always find a difference
  const fixed =
    'template cilium cilium --repo https://helm.cilium.io --namespace kube-system --set hubble.enabled=false'
  const values = ciliumNetworks(podCidr).flatMap((one) => ['--set', one])
  const words = [...fixed.split(' '), '--version', version, ...values]
  try {
    const { stdout } = await promisify(execFile)('helm', words, {
      maxBuffer: 64 * 1024 * 1024,
      timeout: 120_000,
    })
    return stdout
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new CoxswainError('task-failed', 'helm cannot render the chart of cilium', {
      cause,
      output: cause instanceof Error ? cause.message.trim() : undefined,
      hint: `${absent ? 'install helm on this machine, or ' : ''}set manifest to the path of a file: helm template cilium …`,
    })
  }
}

/** Known pod networks, with the default version of each. */
const known: Readonly<
  Record<string, { pinned: string; manifest: (version: string, podCidr: string) => Promise<string> }>
> = {
  flannel: { pinned: 'v0.28.9', manifest: flannel },
  calico: { pinned: 'v3.31.7', manifest: calico },
  cilium: { pinned: '1.20.1', manifest: cilium },
}

/** Parameters of a pod network. */
export const podNetwork = () =>
  z.object({
    manifest: z.string().describe('a path on this machine, or flannel, calico or cilium'),
    podCidr: networkList()
      .default('10.244.0.0/16')
      .describe('the network of the pods, in CIDR notation, or one of each family, comma-separated'),
    version: z
      .string()
      .optional()
      .describe('the version of flannel, calico or cilium; by default the one that this task pins'),
  })

const localText = async (manifest: string, podCidr: string): Promise<string> => {
  try {
    const { four = '', six = '' } = byFamily(podCidr)
    return (await readFile(manifest, 'utf8'))
      .replaceAll('{{podCidr}}', podCidr)
      .replaceAll('{{podCidrIPv4}}', four)
      .replaceAll('{{podCidrIPv6}}', six)
  } catch (cause) {
    throw new CoxswainError('load-failed', `cannot read the manifest ${manifest}`, {
      cause,
      hint: `set manifest to the path of a file on this machine, or to one of ${Object.keys(known).join(', ')}`,
    })
  }
}

/**
 * The manifest with the pod CIDR inserted. In a local file, `{{podCidr}}` is replaced, and `{{podCidrIPv4}}` and
 * `{{podCidrIPv6}}` by the network of that family, empty if there is none.
 */
export const manifestText = async ({
  manifest,
  podCidr,
  version,
}: z.output<ReturnType<typeof podNetwork>>): Promise<string> => {
  const named = known[manifest]
  if (named !== undefined) return named.manifest(version ?? named.pinned, podCidr)
  const text = await localText(manifest, podCidr)
  const fault = flannelFault(text, podCidr)
  if (fault === undefined) return text
  throw new CoxswainError('params-invalid', `${manifest}: ${fault}`, {
    hint: 'write the networks of the pods into its net-conf.json: Network (or EnableIPv4: false), and EnableIPv6 and IPv6Network',
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
