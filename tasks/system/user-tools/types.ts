/** The interface that the task user uses: implemented for the tools of shadow, and for those of busybox. */
import type { Remote, Secret } from '../../../engine/index.ts'
import type { Ageing, PasswdEntry, ShadowEntry } from '../accounts/account-files.ts'
import type { UserParams } from './params.ts'

/** The current state of a user on a host. */
export interface Found {
  readonly user: PasswdEntry | undefined
  readonly shadow: ShadowEntry | undefined
  readonly primary: string | undefined
  /** The supplementary groups. */
  readonly groups: readonly string[]
  /** Another user that already has the wanted ID. */
  readonly taken: string | undefined
  /** Every group of the host. */
  readonly allGroups: readonly string[]
  /** Their IDs, in the same order. */
  readonly allIds: readonly string[]
}

/** The changes to make; undefined for attributes that are already correct. */
export interface Plan {
  readonly uid: string | undefined
  readonly group: string | undefined
  readonly comment: string | undefined
  readonly home: string | undefined
  readonly shell: string | undefined
  readonly expires: string | undefined
  /** Fields that differ, with an empty text for no limit. */
  readonly ageing: Partial<Ageing>
  readonly groups: readonly string[] | undefined
  readonly password: Secret | undefined
}

/** An existing user, and the changes to make. */
export interface Work {
  readonly found: Found
  readonly user: PasswdEntry
  readonly plan: Plan
}

export interface UserTools {
  readonly add: (remote: Remote, given: UserParams, found: Found) => Promise<void>
  readonly modify: (remote: Remote, given: UserParams, work: Work) => Promise<void>
  readonly remove: (remote: Remote, given: UserParams) => Promise<void>
}

/** An option with its value as arguments; empty if there is no value. */
export const option = (name: string, value: string | number | undefined): (string | number)[] =>
  value === undefined ? [] : [name, value]
