/** Files with secrets: read at once, and written so that they appear complete or not at all. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { enterLocalFolder } from '../../connection/local-folder.ts'
import { CoxswainError } from '../../errors.ts'

/** A file that is written under another name, ready to take its own. */
export interface PreparedFile {
  readonly file: string
  /** Gives the file its name. */
  readonly commit: () => void
  /** Removes what was written; does nothing after `commit`. */
  readonly discard: () => void
}

const failed = (file: string, cause: unknown): CoxswainError =>
  new CoxswainError('write-failed', `${file} could not be written on this machine`, {
    cause,
    hint: 'check the folder, its permissions and the space on the disk; the file is as it was',
  })

/** Called before a file gets its new content; throwing keeps it as it is. Tests make it fail. */
export type BeforeRename = (file: string, from: string) => void

/** Gives a new file the owner and group of the file that it replaces; only root can. */
const keepOwner = (descriptor: number, replaced: string): void => {
  if (process.getuid?.() !== 0) return
  const found = lstatSync(replaced, { throwIfNoEntry: false })
  if (found?.isFile() === true) fchownSync(descriptor, found.uid, found.gid)
}

/**
 * Writes bytes beside a file; only the owner can read them.
 *
 * @throws `write-failed`.
 */
export const prepareFile = (
  file: string,
  bytes: Uint8Array,
  beforeRename: BeforeRename = () => {},
): PreparedFile => {
  try {
    const folder = enterLocalFolder(dirname(file))
    if (folder === undefined) throw new Error(`there is no folder ${dirname(file)}`)
    const unfinished = join(folder.path, `.${basename(file)}.${randomBytes(6).toString('hex')}.part`)
    const descriptor = openSync(unfinished, 'wx', 0o600)
    const discard = (): void => {
      rmSync(unfinished, { force: true })
      folder.close()
    }
    try {
      keepOwner(descriptor, join(folder.path, basename(file)))
      writeFileSync(descriptor, bytes)
      fsyncSync(descriptor)
    } catch (error) {
      discard()
      throw error
    } finally {
      closeSync(descriptor)
    }
    return {
      file,
      commit: () => {
        try {
          beforeRename(file, unfinished)
          renameSync(unfinished, join(folder.path, basename(file)))
        } catch (cause) {
          throw failed(file, cause)
        }
      },
      discard,
    }
  } catch (cause) {
    throw failed(file, cause)
  }
}

/**
 * Writes files, all of them or none: where one cannot be, those before it get back what they held.
 *
 * @param contents new bytes by file; the files exist, or there is one alone.
 * @throws `write-failed`.
 */
export const writeAll = (contents: ReadonlyMap<string, Uint8Array>, beforeRename?: BeforeRename): void => {
  const prepared: PreparedFile[] = []
  const before = new Map<string, Uint8Array>()
  const done: string[] = []
  try {
    for (const [file, bytes] of contents) {
      if (contents.size > 1) before.set(file, readFileSync(file))
      prepared.push(prepareFile(file, bytes, beforeRename))
    }
    for (const { file, commit } of prepared) {
      commit()
      done.push(file)
    }
  } catch (error) {
    for (const file of done) {
      const old = before.get(file)
      if (old === undefined) continue
      const restored = prepareFile(file, old)
      restored.commit()
      restored.discard()
    }
    throw error
  } finally {
    for (const { discard } of prepared) discard()
  }
}

/**
 * Reads a file.
 *
 * @throws `load-failed` for a path that is not a readable file, and for a link: its target would not change.
 */
export const readSecretFile = (file: string): Uint8Array => {
  try {
    if (lstatSync(file).isSymbolicLink())
      throw new CoxswainError('usage', `${file} is a link`, { hint: 'name the file that it leads to' })
    return readFileSync(file)
  } catch (cause) {
    if (cause instanceof CoxswainError) throw cause
    throw new CoxswainError('load-failed', `cannot read ${file}`, {
      cause,
      ...(existsSync(`${file}.age`) && { hint: `it is encrypted: \`run secret view ${file}.age\`` }),
    })
  }
}
