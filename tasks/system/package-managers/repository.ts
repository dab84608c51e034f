/** Repositories of packages, as the package managers configure them. */
import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

/** A repository to configure. */
export interface Repository {
  readonly name: string
  readonly url: string
  readonly suites: readonly string[]
  readonly components: readonly string[]
  /** The public key that it is signed with. */
  readonly key: string | undefined
  /** The file name of the key, for apk. */
  readonly keyName: string | undefined
  readonly unsigned: boolean
  /** Further fields of its file. */
  readonly options: Readonly<Record<string, string>>
}

/** A file in which a repository is configured. */
export interface Place {
  readonly path: string
  /** Returns the wanted text for the current text; undefined if the file does not or must not exist. */
  readonly wanted: (text: string | undefined) => string | undefined
}

/** How one package manager configures repositories. */
export interface Repositories {
  /** The file of a repository's OpenPGP key; absent if its keys have another format. */
  readonly keyPath?: (name: string) => string
  /**
   * The files of a configured repository, in the order in which they are written.
   *
   * @throws `task-failed` for a repository that the package manager does not support.
   */
  present(repository: Repository): readonly Place[]
  /** The files of a repository to remove, as far as they are known. */
  absent(repository: Pick<Repository, 'name' | 'keyName'>): readonly Place[]
  /** Reads the lists of this repository; fails if it cannot be read. */
  fetch(ctx: ApplyContext, name: string): Promise<void>
}

/** A file that contains only this text. */
export const plainFile = (path: string, text: string | undefined): Place => ({ path, wanted: () => text })

/** A key with a newline at its end, which is easily lost in variables. */
export const keyText = (key: string): string => `${key.trim()}\n`

/**
 * The key, if it has the required format.
 *
 * @param kind the format named in its first line.
 * @throws `task-failed` for a key in another format.
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
