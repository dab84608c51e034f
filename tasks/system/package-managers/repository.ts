/** How repositories are told to package managers. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

/** A repository that a host shall have. */
export interface Repository {
  readonly name: string
  readonly url: string
  readonly suites: readonly string[]
  readonly components: readonly string[]
  /** The public key that it is signed with. */
  readonly key: string | undefined
  /** The file name of the key, where that counts. */
  readonly keyName: string | undefined
  readonly unsigned: boolean
  /** Further fields of its file. */
  readonly options: Readonly<Record<string, string>>
}

/** A file that tells of a repository. */
export interface Place {
  readonly path: string
  /** What it shall hold, from what it does; undefined where there is or shall be no such file. */
  readonly wanted: (text: string | undefined) => string | undefined
}

/** What one of the package managers knows of repositories. */
export interface Repositories {
  /**
   * The files of a repository that shall be there, in the order in which they are written.
   *
   * @throws `task-failed` for one that the package manager cannot have.
   */
  present(repository: Repository): readonly Place[]
  /** The same of one that shall not be there, as far as it is known. */
  absent(repository: Pick<Repository, 'name' | 'keyName'>): readonly Place[]
  /** Reads the repository's own lists; fails where that cannot be done. */
  fetch(ctx: ApplyContext, name: string): Promise<void>
}

/** A file with nothing else in it. */
export const whole = (path: string, text: string | undefined): Place => ({ path, wanted: () => text })

/** A key as it is written: with a newline at its end, which is lost easily. */
export const keyText = (key: string): string => `${key.trim()}\n`

/**
 * The key, when it is of the kind that is needed.
 *
 * @param kind what stands in its first line.
 * @throws `task-failed` for another one.
 */
export const keyOf = (
  { name, key }: Repository,
  kind: 'PGP PUBLIC KEY BLOCK' | 'PUBLIC KEY',
): string | undefined => {
  if (key === undefined || key.includes(`-----BEGIN ${kind}-----`)) return key
  throw new CoxswainError('task-failed', `the key of the repository ${name} has the wrong format`, {
    hint: `this host needs a key that begins with -----BEGIN ${kind}-----`,
  })
}
