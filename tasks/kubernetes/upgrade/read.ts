/** What an upgrade needs to know of a control-plane node. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { countIn, rowsIn, textIn } from '../../facts/reading/values.ts'
import { keptConfig } from '../kubeadm/cluster-config.ts'
import { ownServer } from '../kubeadm/kubectl.ts'
import { manifest } from '../kubeadm/paths.ts'
import { flagIn, portOf } from '../kubeadm/pod-manifests.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { asked } from '../cluster-state/known.ts'
import type { Known } from '../cluster-state/known.ts'
import { runningControlPlane } from './running.ts'
import type { RunningControlPlane } from './running.ts'

const program = shellFile(import.meta.url, 'read-host.sh')

/** An API that a client has asked for, and that a later release does not have. */
export interface DeprecatedApi {
  /** Such as `flowcontrol.apiserver.k8s.io/v1beta3 flowschemas`. */
  readonly name: string
  /** The minor release without it. */
  readonly removedIn: number
}

/** A control-plane node before an upgrade. */
export interface UpgradeState {
  /** The versions that run. */
  readonly running: RunningControlPlane
  /** The version of kubeadm that is installed. */
  readonly kubeadm: string | undefined
  /** The version of the cgroups of its kernel. */
  readonly cgroup: '1' | '2'
  /** The version of containerd; undefined if it is not used. */
  readonly containerd: string | undefined
  /** MiB that are free where kubeadm keeps a copy of etcd's data; undefined if it is not known. */
  readonly freeMiB: number | undefined
  /** Arguments of the kubelet that an administrator has set, by name. */
  readonly kubeletArguments: Readonly<Record<string, string>>
  /** Deprecated APIs that clients have used since its API server started. */
  readonly deprecated: Known<readonly DeprecatedApi[]>
  /** The ClusterConfiguration that the cluster keeps; undefined without one. */
  readonly cluster: Known<Document | undefined>
}

/** The labels of a figure. */
const labelsIn = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value] as const))

const deprecatedIn = (text: string): DeprecatedApi[] => {
  const labels = labelsIn(text)
  const [, minor] = /^1\.(\d+)$/.exec(labels.get('removed_release') ?? '') ?? []
  if (minor === undefined) return []
  const group = labels.get('group') ?? ''
  const version = labels.get('version') ?? ''
  const name = `${group === '' ? version : `${group}/${version}`} ${labels.get('resource') ?? ''}`
  return [{ name, removedIn: Number(minor) }]
}

const valuesOf = (rows: readonly string[][], kind: string): string[] =>
  rows.flatMap(([first, value = '']) => (first === kind ? [value] : []))

/** What read-host.sh prints of a host. */
export const upgradeHostIn = (text: string): Omit<UpgradeState, 'running' | 'cluster'> => {
  const rows = rowsIn(text)
  const one = (kind: string): string | undefined => textIn(valuesOf(rows, kind)[0])
  const free = countIn(one('free'))
  const why = one('unasked')
  const words = valuesOf(rows, 'argument').map((word) => /^([\w-]+)(?:=(.*))?$/.exec(word))
  return {
    kubeadm: one('kubeadm'),
    cgroup: one('cgroup') === '1' ? '1' : '2',
    containerd: one('runtime'),
    freeMiB: free === undefined ? undefined : Math.floor(free / 1024),
    kubeletArguments: Object.fromEntries(
      words.flatMap((found) => (found === null ? [] : [[found[1] ?? '', found[2] ?? 'true'] as const])),
    ),
    deprecated:
      why === undefined
        ? { known: true, value: valuesOf(rows, 'api').flatMap(deprecatedIn) }
        : { known: false, why },
  }
}

/** The API server of the host itself, as its manifest says: the figures of each are its own. */
const serverOf = async ({ remote }: CheckContext): Promise<string> => {
  const text = (await remote.read(manifest('kube-apiserver'))) ?? ''
  return ownServer(flagIn(text, 'advertise-address') ?? '127.0.0.1', portOf('kube-apiserver', text))
}

/** Reads what an upgrade needs to know of a control-plane node. */
export const readUpgrade = async (ctx: CheckContext): Promise<UpgradeState> => {
  const server = await serverOf(ctx)
  const query = ctx.remote.query({ timeout: 60, label: 'read what an upgrade needs of the host' })
  const [running, text, cluster] = await Promise.all([
    runningControlPlane(ctx),
    query`${shellProgram(program, server)}`.text(),
    asked(() => keptConfig(ctx, server)),
  ])
  return { running, ...upgradeHostIn(text), cluster }
}
