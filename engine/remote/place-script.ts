/** The scripts that enter the folder or open the file that a command works on. Pure. */
import type { CommandPath } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import { holdsMask, mask } from '../secret.ts'
import { shellFile } from '../shell-file.ts'
import { enterFolder, enterFolderOf } from './enter-words.ts'
import { programText, quote } from './quote.ts'
import { absent } from './statuses.ts'

const atFile = shellFile(import.meta.url, 'at-file.sh')
const atFolder = shellFile(import.meta.url, 'at-folder.sh')

/** The path of a place. */
export const placePath = (at: CommandPath): string => at.folder ?? at.file

/**
 * Returns the words with which `enter` enters a place.
 *
 * @throws `secret-masked` for a path that contains the mask of a secret.
 */
const wordsOf = (at: CommandPath): string[] => {
  if (holdsMask(placePath(at)))
    throw new CoxswainError('secret-masked', `${mask}, the mask of a secret, in the path ${placePath(at)}`)
  return at.folder === undefined
    ? enterFolderOf(at.file, { missing: absent, follow: at.follow })
    : enterFolder(at.folder, { follow: at.follow, missing: at.missing })
}

/**
 * Returns a script that enters or opens a place and runs a command on it.
 *
 * @throws `secret-masked` for a path that contains the mask of a secret.
 */
export const placeScript = (at: CommandPath, command: string): string =>
  `${programText(at.folder === undefined ? atFile : atFolder, ...wordsOf(at))}\n${command}`

/**
 * Returns the same as a part of a script that has the functions of enter-folder.sh, kinds.sh and open-file.sh.
 *
 * @throws `secret-masked` for a path that contains the mask of a secret.
 * @param stay for a file: run the command in the folder that is current before.
 */
export const placeInScript = (at: CommandPath, command: string, stay = false): string => {
  const enter = `enter ${wordsOf(at).map(quote).join(' ')}`
  if (at.folder !== undefined) return [enter, command].join('\n')
  const opened = [enter, 'open_file']
  return [...(stay ? ['exec 4<.', ...opened, 'cd -P /proc/self/fd/4 || exit'] : opened), command].join('\n')
}
