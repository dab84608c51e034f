/** The port under the user task: the tools of shadow, and those of busybox. */
import type { Remote, Secret } from '../../../engine/index.ts'
import type { PasswdEntry, ShadowEntry } from '../accounts/account-files.ts'
import type { UserParams } from './params.ts'

/** What a host knows of a user. */
export interface Found {
  readonly user: PasswdEntry | undefined
  readonly shadow: ShadowEntry | undefined
  readonly primary: string | undefined
  /** Those beside the primary one. */
  readonly groups: readonly string[]
  /** The other user that has the id which this one gets. */
  readonly taken: string | undefined
  /** Every group of the host. */
  readonly allGroups: readonly string[]
  /** Their ids, in the same order. */
  readonly allIds: readonly string[]
}

/** What shall change; undefined for what is right. */
export interface Plan {
  readonly uid: string | undefined
  readonly group: string | undefined
  readonly comment: string | undefined
  readonly home: string | undefined
  readonly shell: string | undefined
  readonly expires: string | undefined
  readonly groups: readonly string[] | undefined
  readonly password: Secret | undefined
}

/** A user that is there, and what shall change. */
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

/** The words of an option with its value; none when there is no value. */
export const option = (name: string, value: string | number | undefined): (string | number)[] =>
  value === undefined ? [] : [name, value]
