/** Unmounts what is below the folders of Kubernetes, and removes them: a reset would empty file systems that are still mounted. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

const listFile = shellFile(import.meta.url, 'list-mounts.sh')
const unmountFile = shellFile(import.meta.url, 'unmount.sh')
const removeFile = shellFile(import.meta.url, 'remove-paths.sh')

/** What is mounted below a folder, the last mounted first; not what is mounted at the folder itself. */
export const mountsBelow = ({ remote }: CheckContext, folder: string): Promise<string[]> =>
  remote.query({ label: `list mounts below ${folder}` })`${shellProgram(listFile, folder)}`.lines()

/** Unmounts everything below folders, the last mounted first, and returns what is still mounted. */
export const unmountBelow = ({ remote }: ApplyContext, folders: readonly string[]): Promise<string[]> =>
  remote.run({
    timeout: 120,
    label: 'unmount everything below the folders of Kubernetes',
  })`${shellProgram(unmountFile, ...folders)}`.lines()

/** @throws `task-failed` for what cannot be unmounted. */
export const requireUnmounted = async (ctx: ApplyContext, folders: readonly string[]): Promise<void> => {
  const left = await unmountBelow(ctx, folders)
  if (left.length === 0) return
  throw new CoxswainError('task-failed', `${ctx.host.name} cannot unmount ${left.join(', ')}`, {
    hint: `check what uses it (fuser -vm ${left[0]}), and run again; nothing in it was changed`,
  })
}

/**
 * Removes paths, or empties folders, without leaving their file systems. A folder where something is mounted is emptied.
 *
 * @param what `remove`, or `empty` to keep the folders.
 */
export const removePaths = async (
  { remote }: ApplyContext,
  what: 'remove' | 'empty',
  paths: readonly string[],
): Promise<void> => {
  await remote.run({
    timeout: 300,
    label: `${what} ${paths.join(' ')}`,
  })`${shellProgram(removeFile, what, ...paths)}`
}
