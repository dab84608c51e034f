/** The shell text that enters or opens what a command works on. Pure. */
import type { CommandPath } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import { holdsMask, mask } from '../secret.ts'
import { enterFolder, enterFolderOf } from './enter-script.ts'
import { kindFunctions } from './kinds.ts'

/** Exit status of a reading script when there is nothing at the path. */
export const absent = 3

/**
 * Shell text that opens a regular file as descriptor 3: a pipe would be waited for, and a device has no end. Where others
 * can change the folder, what was opened must be what has the name: content that only root may read could else be written
 * into a file of theirs. The folder of the file is the current one then.
 */
export const openFile = (path: string, follow: boolean | undefined): string =>
  [
    enterFolderOf(path, { missing: absent, follow }),
    kindFunctions,
    `end; [ -e "./$n" ] || exit ${absent}`,
    '[ -f "./$n" ] || { see; regular; }',
    'exec 3<"./$n" || exit 4',
    '[ -n "$safe" ] || [ "$(stat -c %d:%i -- "./$n")" = "$(stat -L -c %d:%i /proc/self/fd/3)" ] || moved "$n"',
  ].join('\n')

/** The path that a place is at. */
export const placePath = (at: CommandPath): string => at.folder ?? at.file

/**
 * A script that runs a command on what it works on.
 *
 * @throws `secret-masked` for a path that holds the mask of a secret.
 * @param stay run it in the folder that is the current one, where it works on a file.
 */
export const placeScript = (at: CommandPath | undefined, command: string, stay = false): string => {
  if (at === undefined) return command
  if (holdsMask(placePath(at)))
    throw new CoxswainError('secret-masked', `${mask}, the mask of a secret, in the path ${placePath(at)}`)
  if (at.folder !== undefined)
    return [enterFolder(at.folder, { follow: at.follow, missing: at.missing }), command].join('\n')
  const opened = openFile(at.file, at.follow)
  return [...(stay ? ['exec 4<.', opened, 'cd -P /proc/self/fd/4 || exit'] : [opened]), command].join('\n')
}
