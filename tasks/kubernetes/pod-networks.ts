/** Manifests of pod networks: a file of one's own, or one that is known by name at a pinned version. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { readYaml } from './kubeadm/yaml.ts'

const ownManifest = 'download it, and give the path of the file as manifest'

const download = async (url: string): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((cause: unknown) => {
    throw new CoxswainError('task-failed', `cannot get ${url}`, { cause, hint: ownManifest })
  })
  if (response.ok) return response.text()
  throw new CoxswainError('task-failed', `${url} answers ${response.status}`, { hint: ownManifest })
}

/** The text with the pod CIDR in the one place where it belongs. */
const replaced = (text: string, place: RegExp, by: string, url: string): string => {
  if (place.test(text)) return text.replace(place, by)
  throw new CoxswainError('task-failed', `${url} has no place for the pod CIDR`, { hint: ownManifest })
}

const flannel = async (version: string, podCidr: string): Promise<string> => {
  const url = `https://github.com/flannel-io/flannel/releases/download/${version}/kube-flannel.yml`
  return replaced(await download(url), /("Network":\s*")[^"]+(")/, `$1${podCidr}$2`, url)
}

const calico = async (version: string, podCidr: string): Promise<string> => {
  const url = `https://raw.githubusercontent.com/projectcalico/calico/${version}/manifests/calico.yaml`
  // the variable is there, commented out, with the default as its value
  const place = /# - name: CALICO_IPV4POOL_CIDR\n(\s*)#\s+value: "[^"]*"/
  return replaced(await download(url), place, `- name: CALICO_IPV4POOL_CIDR\n$1  value: "${podCidr}"`, url)
}

/** Cilium publishes a chart only, which `helm` on this machine makes a manifest of. */
const cilium = async (version: string, podCidr: string): Promise<string> => {
  // with hubble the chart makes new certificates every time: what is applied would never be as it shall be
  const fixed =
    'template cilium cilium --repo https://helm.cilium.io --namespace kube-system --set hubble.enabled=false'
  const pool = `ipam.operator.clusterPoolIPv4PodCIDRList={${podCidr}}`
  const words = [...fixed.split(' '), '--version', version, '--set', pool]
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
      hint: `${absent ? 'install helm on this machine, or ' : ''}give the path of a manifest: helm template cilium …`,
    })
  }
}

/** Pod networks that are known by name, with the version that is taken where none is asked for. */
const known: Readonly<
  Record<string, { pinned: string; manifest: (version: string, podCidr: string) => Promise<string> }>
> = {
  flannel: { pinned: 'v0.28.9', manifest: flannel },
  calico: { pinned: 'v3.31.7', manifest: calico },
  cilium: { pinned: '1.20.1', manifest: cilium },
}

/** Where a pod network's manifest comes from. */
export const podNetwork = z.object({
  manifest: z.string().describe('a path on this machine, or flannel, calico or cilium'),
  podCidr: z.string().default('10.244.0.0/16').describe('the network of the pods, in CIDR notation'),
  version: z
    .string()
    .optional()
    .describe('the version of flannel, calico or cilium; by default the one that this task pins'),
})

/** The manifest with the pod CIDR put in; a file of one's own may say `{{podCidr}}` where it goes. */
export const manifestText = async ({
  manifest,
  podCidr,
  version,
}: z.output<typeof podNetwork>): Promise<string> => {
  const named = known[manifest]
  if (named !== undefined) return named.manifest(version ?? named.pinned, podCidr)
  try {
    return (await readFile(manifest, 'utf8')).replaceAll('{{podCidr}}', podCidr)
  } catch (cause) {
    throw new CoxswainError('load-failed', `cannot read the manifest ${manifest}`, {
      cause,
      hint: `set manifest to the path of a file on this machine, or to one of ${Object.keys(known).join(', ')}`,
    })
  }
}

/**
 * The manifest of a pod network: a fact, so that it is fetched once, however often a check asks. It fails when the
 * manifest cannot be had, or has no place for the pod CIDR.
 */
export const podNetworkManifest = defineTask({
  name: 'pod-network-manifest',
  description: 'Reads the manifest of a pod network, with the pod CIDR inserted.',
  params: podNetwork,
  check: async (_, params) => ok(await manifestText(params)),
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
