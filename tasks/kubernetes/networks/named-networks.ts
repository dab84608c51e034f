/** Manifests of networks that have a name, from where each is published. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { CoxswainError } from '../../../engine/index.ts'
import { byFamily, withFlannelMtu, withFlannelNetworks } from './flannel.ts'

const ownManifest = 'download it, and set manifest to the path of the file'

/**
 * The bytes of a manifest as text.
 *
 * @throws `task-failed` for another checksum than the one that is given.
 */
export const withChecksum = (bytes: Buffer, place: string, sum: string | undefined): string => {
  const found = createHash('sha256').update(bytes).digest('hex')
  if (sum === undefined || found === sum) return bytes.toString()
  throw new CoxswainError('task-failed', `${place} has the checksum ${found}, and not ${sum}`, {
    hint: 'check whether it was changed by its publisher; if it is the one that you want, set sha256 to its checksum',
  })
}

/**
 * The text at a URL.
 *
 * @throws `task-failed` if it cannot be downloaded, or has another checksum.
 */
export const download = async (url: string, sum: string | undefined): Promise<string> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch((cause: unknown) => {
    throw new CoxswainError('task-failed', `cannot download ${url}`, { cause, hint: ownManifest })
  })
  if (response.ok) return withChecksum(Buffer.from(await response.arrayBuffer()), url, sum)
  throw new CoxswainError('task-failed', `cannot download ${url}: HTTP status ${response.status}`, {
    hint: ownManifest,
  })
}

const withoutPlace = (url: string, what = 'pod CIDR'): CoxswainError =>
  new CoxswainError('task-failed', `${url} does not contain the setting for the ${what}`, {
    hint: ownManifest,
  })

/** What is known of a network that has a name. */
interface Wanted {
  readonly version: string
  readonly podCidr: string
  readonly mtu: number | undefined
  readonly sha256: string | undefined
}

const flannel = async ({ version, podCidr, mtu, sha256 }: Wanted): Promise<string> => {
  const url = `https://github.com/flannel-io/flannel/releases/download/${version}/kube-flannel.yml`
  const text = withFlannelNetworks(await download(url, sha256), podCidr)
  if (text === undefined) throw withoutPlace(url)
  const sized = mtu === undefined ? text : withFlannelMtu(text, mtu)
  if (sized === undefined) throw withoutPlace(url, 'MTU')
  return sized
}

const calico = async ({ version, podCidr, mtu, sha256 }: Wanted): Promise<string> => {
  if (mtu !== undefined)
    throw new CoxswainError('params-invalid', 'calico finds the MTU itself', {
      hint: 'remove mtu; or edit the manifest (calico.yaml, veth_mtu), and set manifest to its path',
    })
  if (byFamily(podCidr).six !== undefined)
    throw new CoxswainError('params-invalid', "calico's manifest has no one place for a network of IPv6", {
      hint: 'edit the manifest (calico.yaml, "Configure dual stack or IPv6 only"), and set manifest to its path',
    })
  const url = `https://raw.githubusercontent.com/projectcalico/calico/${version}/manifests/calico.yaml`
  // the variable is commented out, with the default as its value
  const place = /# - name: CALICO_IPV4POOL_CIDR\n(\s*)#\s+value: "[^"]*"/
  const text = await download(url, sha256)
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
const cilium = async ({ version, podCidr, mtu, sha256 }: Wanted): Promise<string> => {
  if (sha256 !== undefined)
    throw new CoxswainError('params-invalid', 'a chart is rendered, so there is no file with a checksum', {
      hint: 'remove sha256; or render it (helm template cilium …), and set manifest to the path of the file',
    })
  // with hubble, the chart creates new certificates every time, so the check would always find a difference
  const fixed =
    'template cilium cilium --repo https://helm.cilium.io --namespace kube-system --set hubble.enabled=false'
  const settings = [...ciliumNetworks(podCidr), ...(mtu === undefined ? [] : [`MTU=${mtu}`])]
  const values = settings.flatMap((one) => ['--set', one])
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

/** Networks that have a name, with the default version of each. */
export const namedNetworks: Readonly<
  Record<string, { readonly pinned: string; readonly manifest: (wanted: Wanted) => Promise<string> }>
> = {
  flannel: { pinned: 'v0.28.9', manifest: flannel },
  calico: { pinned: 'v3.31.7', manifest: calico },
  cilium: { pinned: '1.20.1', manifest: cilium },
}
