/** Reads what a control-plane node says of itself, in one round trip. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { countIn, rowsIn, textIn } from '../../facts/reading/values.ts'
import { controlPlane, kubeletConfig, manifest } from '../kubeadm/paths.ts'
import { isMap, readYaml } from '../kubeadm/yaml.ts'
import { certificatesIn } from './certificates.ts'
import { quantile } from './histogram.ts'
import { known, notKnown } from './known.ts'
import type { Known } from './known.ts'
import { staticPod } from './static-pods.ts'
import type { HostState } from './types.ts'

const program = shellFile(import.meta.url, 'read-host.sh')

const pods = ['etcd', ...controlPlane] as const

type Rows = readonly (readonly string[])[]

/** The fields of the rows of a kind, without the kind. */
const of = (rows: Rows, kind: string): (readonly string[])[] =>
  rows.filter(([first]) => first === kind).map((row) => row.slice(1))

const fsyncIn = (rows: Rows): Known<number> => {
  const [why] = of(rows, 'unasked')[0] ?? []
  if (why !== undefined) return notKnown(why)
  const buckets = of(rows, 'fsync').map(([bound = '', count = '']) => ({
    bound: bound === '+Inf' ? Infinity : Number(bound),
    count: Number(count),
  }))
  const found = quantile(
    buckets.filter(({ bound, count }) => !Number.isNaN(bound) && Number.isFinite(count)),
    0.99,
  )
  return found === undefined ? notKnown('etcd has not written anything yet') : known(found)
}

const documentIn = (text: string | undefined): Readonly<Record<string, unknown>> | undefined => {
  try {
    return readYaml(text ?? '', kubeletConfig).find(isMap)
  } catch {
    return undefined
  }
}

/**
 * Parses what read-host.sh prints, and the files beside it.
 *
 * @param files manifests of static pods by name, and KubeletConfiguration as `kubelet`.
 * @param times when it was asked and when it had answered, in seconds since 1970 by the clock of this machine.
 */
export const hostStateIn = (
  printed: string,
  files: Readonly<Partial<Record<string, string>>>,
  { sent, received }: { readonly sent: number; readonly received: number },
): HostState => {
  const rows = rowsIn(printed)
  // a host without `date` is judged by the clock of this machine, and is not compared with others
  const own = countIn(of(rows, 'clock')[0]?.[0])
  const clock = own ?? Math.floor(received)
  const programs = new Map(of(rows, 'program').map(([name = '', version]) => [name, textIn(version)]))
  const found = pods.flatMap((name) => {
    const text = files[name]
    return text === undefined ? [] : (staticPod(name, text) ?? [])
  })
  return {
    clock,
    // a clock in full seconds is up to one second further
    ahead: own === undefined ? undefined : { least: own - received, most: own + 1 - sent },
    programs: {
      kubelet: programs.get('kubelet'),
      kubeadm: programs.get('kubeadm'),
      kubectl: programs.get('kubectl'),
    },
    kubelet: textIn(of(rows, 'kubelet')[0]?.[0]),
    certificates: certificatesIn(rows, clock),
    pods: found,
    kubeletConfig: documentIn(files['kubelet']),
    encryption: found.find(({ name }) => name === 'kube-apiserver')?.arguments['encryption-provider-config'],
    fsync: fsyncIn(rows),
  }
}

/** Reads what a control-plane node says of itself. */
export const readHost = async ({ remote }: CheckContext): Promise<HostState> => {
  const sent = Date.now() / 1000
  const [printed, kubelet, ...manifests] = await Promise.all([
    remote.query({
      timeout: 30,
      label: 'read versions, certificates and figures',
    })`${shellProgram(program)}`.text(),
    remote.read(kubeletConfig),
    ...pods.map((name) => remote.read(manifest(name))),
  ])
  const files = Object.fromEntries(pods.map((name, index) => [name, manifests[index]]))
  return hostStateIn(printed, { ...files, kubelet }, { sent, received: Date.now() / 1000 })
}
