/** Releases of etcd between which a step is dangerous. */
import { factsOf } from '../versions.ts'
import { etcdMinorOf } from './etcd-flags.ts'

/** The P of the 3.N.P from which on etcd can go to 3.(N+1), by N (etcd, "Upgrade etcd from v3.5 to v3.6"). */
const leastPatches: Readonly<Record<number, number>> = { 5: 26 }

/** A release of etcd that is too old for a step of an upgrade. */
export interface EtcdStep {
  /** The release that it needs first. */
  readonly least: string
  readonly next: string
  /** The version of Kubernetes that brings the next one. */
  readonly release: string
}

/**
 * The step of an upgrade for which the etcd that runs is too old; undefined if there is none.
 *
 * @param running the version of etcd, such as `3.5.24`.
 * @param ahead the versions of Kubernetes in their order.
 */
export const oldEtcdBefore = (running: string, ahead: readonly string[]): EtcdStep | undefined => {
  const minor = etcdMinorOf(running)
  if (minor === undefined) return undefined
  const least = leastPatches[minor]
  const release = ahead.find((version) => (etcdMinorOf(factsOf(version).etcd[1]) ?? 0) > minor)
  if (
    least === undefined ||
    release === undefined ||
    Number.parseInt(running.split('.')[2] ?? '', 10) >= least
  )
    return undefined
  return { least: `3.${minor}.${least}`, next: `3.${minor + 1}`, release }
}
