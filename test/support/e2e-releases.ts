/** The releases of Kubernetes that the end-to-end tests try, and the upgrades between them. */
import { labReleases } from '../../lab/bundles.ts'

const listOf = (name: string): readonly string[] | undefined => process.env[name]?.split(',')

const newest = labReleases.at(-1) ?? ''

/**
 * `E2E_RELEASES=1.34,1.35` chooses; by default the oldest and the newest one of the lab, which CI has time for.
 */
export const e2eReleases: readonly string[] = listOf('E2E_RELEASES') ?? [labReleases[0] ?? '', newest]

/** An upgrade: from a release to a later one, or to a patch release of the same. */
export interface Upgrade {
  readonly from: string
  readonly to: string
  /** The version of the later patch release, which is the code of the same release with another number. */
  readonly stamp: string | undefined
  readonly masters: number
}

/**
 * With `E2E_RELEASES`, every step from one of them to the next, with three masters; by default a patch release of the newest
 * one, with one master: each master takes three minutes.
 */
export const e2eUpgrades: readonly Upgrade[] =
  listOf('E2E_RELEASES') === undefined
    ? [{ from: newest, to: newest, stamp: `v${newest}.99`, masters: 1 }]
    : e2eReleases.flatMap((from, index) => {
        const to = e2eReleases[index + 1]
        const isNext = Number(to?.split('.')[1]) === Number(from.split('.')[1]) + 1
        return to !== undefined && isNext ? [{ from, to, stamp: undefined, masters: 3 }] : []
      })
