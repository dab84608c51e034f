/** Which version of Kubernetes runs on a control-plane node. */
import type { CheckContext } from '../../../engine/index.ts'
import { staticPod } from '../cluster-state/static-pods.ts'
import { controlPlane, manifest, upgradingPath } from '../kubeadm/paths.ts'

/** The numbers of `v1.37.2`; undefined for another text. */
const numbersOf = (version: string): readonly [minor: number, patch: number] | undefined => {
  const [, minor, patch] = /^v1\.(\d+)\.(\d+)/.exec(version) ?? []
  return minor === undefined || patch === undefined ? undefined : [Number(minor), Number(patch)]
}

/** Below 0 if the first version is the older one, above 0 if it is the newer one. A text that is not a version is older than all. */
export const compareVersions = (one: string, other: string): number => {
  const [a, b] = [numbersOf(one) ?? [-1, -1], numbersOf(other) ?? [-1, -1]]
  return a[0] === b[0] ? a[1] - b[1] : a[0] - b[0]
}

/** Whether a version is older than another one. */
export const isOlder = (one: string, other: string): boolean => compareVersions(one, other) < 0

/** The control plane of a host, as its manifests say. */
export interface RunningControlPlane {
  /** The oldest version of its static pods; empty if one of them is missing. */
  readonly version: string
  /** The version of an upgrade that was begun and not completed. */
  readonly unfinished: string | undefined
  /** Whether that upgrade is the one that also changes the cluster's configuration. */
  readonly applying: boolean
}

/** Reads which control plane a host runs. */
export const runningControlPlane = async ({ remote }: CheckContext): Promise<RunningControlPlane> => {
  const [record, ...texts] = await Promise.all([
    remote.read(upgradingPath),
    ...controlPlane.map((name) => remote.read(manifest(name))),
  ])
  const versions = texts.map((text, index) => staticPod(controlPlane[index] ?? '', text ?? '')?.version ?? '')
  const [version = ''] = versions.toSorted(compareVersions)
  const [unfinished, kind] = record?.trim().split(' ') ?? []
  return { version, unfinished, applying: kind === 'apply' }
}

/** Whether an upgrade to a version is past: one to a newer version was interrupted, and is to be continued. */
export const isPast = ({ unfinished }: Pick<RunningControlPlane, 'unfinished'>, to: string): boolean =>
  unfinished !== undefined && isOlder(to, unfinished)

/** Whether a control plane must be upgraded to have a version, or an interrupted upgrade to it must be continued. */
export const needsUpgrade = (running: RunningControlPlane, to: string): boolean =>
  !isPast(running, to) && (isOlder(running.version, to) || running.unfinished === to)

/** Whether the upgrade of a host or of one of several others was interrupted: its API server may be away until it is continued. */
export const anyInterrupted = async (ctx: CheckContext, masters: string): Promise<boolean> => {
  const others = (await ctx.hostsOf(masters)).filter((name) => name !== ctx.host.name)
  const hosts = [ctx, ...(await Promise.all(others.map((name) => ctx.on(name))))]
  return (await Promise.all(hosts.map(({ remote }) => remote.exists(upgradingPath)))).includes(true)
}

/** The name under which a control plane of a version is predicted under `--check`. */
export const controlPlaneOf = (version: string): string => `a control plane ${version}`
