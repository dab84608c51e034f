/** Writes a text that was edited; the text is kept if that fails. */
import { accessSync, constants, lstatSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { readSecretFile, writeAll } from './secret-files.ts'

/** Whether a path exists, also as a link without a target. */
export const pathExists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** @throws `write-failed` for a file whose folder does not exist or cannot be written to. */
export const refuseUnwritable = (file: string): void => {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new CoxswainError('write-failed', `cannot write to the folder ${dirname(file)}`, {
      cause,
      hint: 'create the folder, or check its permissions',
    })
  }
}

/** Keeps encrypted bytes in a folder of their own, and returns the path. */
const keep = (file: string, bytes: Uint8Array): string => {
  const kept = join(mkdtempSync(join(tmpdir(), 'coxswain-edited-')), basename(file))
  writeFileSync(kept, bytes, { mode: 0o600, flag: 'wx' })
  return kept
}

const isUnchanged = (file: string, before: Uint8Array | undefined): boolean =>
  before === undefined
    ? !pathExists(file)
    : pathExists(file) && Buffer.from(readSecretFile(file)).equals(before)

/**
 * Writes an encrypted file that was edited.
 *
 * @param before its bytes when the editor was opened; undefined for a new file.
 * @throws `write-failed` if it cannot be written, or was changed meanwhile. The message says where the encrypted text is.
 */
export const writeEdited = (file: string, before: Uint8Array | undefined, bytes: Uint8Array): void => {
  let isOther = false
  try {
    writeAll(new Map([[file, bytes]]), () => {
      isOther = !isUnchanged(file, before)
      if (isOther) throw new Error(`${file} was changed`)
    })
  } catch (cause) {
    const kept = keep(file, bytes)
    const why = isOther ? 'was changed while you edited it' : 'could not be written'
    throw new CoxswainError('write-failed', `${file} ${why}: your text is encrypted in ${kept}`, {
      cause,
      hint: `\`run secret view ${kept}\` shows it; \`run secret edit ${file}\` edits the file again`,
    })
  }
}
