/** What an archive holds, as its index says. Pure. */
import { CoxswainError } from '../../../engine/index.ts'

export interface Member {
  /** From the folder that it is unpacked into: `./a/b`. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  /** Of files; undefined of those that are another name for one that was before. */
  readonly size: number | undefined
  /** Of links. */
  readonly target: string
}

export const unreadable = (path: string, why: string, cause?: unknown): CoxswainError =>
  new CoxswainError('task-failed', `${path} cannot be read as an archive: ${why}`, {
    cause,
    hint: 'see that it is whole, and a tar archive',
  })

/**
 * The path of a member below the folder, so many of its parts left out; undefined when nothing is left.
 *
 * @throws `task-failed` for a name that leads out of the folder.
 */
export const memberPath = (archive: string, name: string, strip: number): string | undefined => {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (name.startsWith('/') || parts.includes('..')) {
    throw new CoxswainError('task-failed', `${archive} would be unpacked outside of its place: ${name}`, {
      hint: 'do not trust it; unpack it by hand if you must',
    })
  }
  const left = parts.slice(strip)
  return left.length === 0 ? undefined : `./${left.join('/')}`
}
