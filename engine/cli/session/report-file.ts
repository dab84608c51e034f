/** Output files of a run. They are checked before the run, so that a long run does not end without its report. */
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { enterLocalFolder } from '../../connection/local-folder.ts'
import type { LocalFolder } from '../../connection/local-folder.ts'
import { CoxswainError } from '../../errors.ts'

/**
 * Refuses a file of `--report` without an HTML extension.
 *
 * @throws `usage`.
 */
export const refuseOtherExtension = (file: string): void => {
  if (['.html', '.htm'].includes(extname(file).toLowerCase())) return
  throw new CoxswainError('usage', `--report ${file}: the report is an HTML page`, {
    hint: 'name it FILE.html; for a JUnit report, write --output junit=FILE.xml',
  })
}

/** Opens the folder of a file safely: other users of this machine can control a part of the path. */
const folderOf = (file: string): LocalFolder => {
  const folder = enterLocalFolder(dirname(file))
  if (folder === undefined) throw new Error(`the folder ${dirname(file)} does not exist`)
  return folder
}

/** Calls `work` with the folder of a file. */
const inFolderOf = <Result>(file: string, work: (folder: LocalFolder) => Result): Result => {
  const folder = folderOf(file)
  try {
    return work(folder)
  } finally {
    folder.close()
  }
}

/** Opens a new file that only its owner can read, and renames it when `fill` returns. */
const putInto = (folder: LocalFolder, name: string, fill: (descriptor: number) => void): number => {
  // a random name: other users could have put a link at a known name
  const unfinished = join(folder.path, `${name}.${randomBytes(6).toString('hex')}.part`)
  const descriptor = openSync(unfinished, 'wx', 0o600)
  try {
    fill(descriptor)
    renameSync(unfinished, join(folder.path, name))
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    rmSync(unfinished, { force: true })
    throw error
  }
}

/** Refuses to replace a folder, a device or a pipe. */
const refuseSpecialFiles = (folder: LocalFolder, file: string): void => {
  const found = folder.look(basename(file))
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink())
    throw new Error(found.isDirectory() ? 'it is a folder' : 'it is not a file')
}

const cannotBeWritten = (file: string, cause: unknown): CoxswainError =>
  new CoxswainError('usage', `the report ${file} cannot be written`, {
    hint: 'name a file in a folder that exists and that you can write to',
    cause,
  })

const writingFailed = (file: string, cause: unknown): CoxswainError =>
  new CoxswainError('report-failed', `the report ${file} could not be written`, { cause })

/**
 * A file that is written in one step: it appears complete, or not at all. Writing is synchronous, so that a process that
 * ends can still do it.
 *
 * @returns a function that writes the file and throws `report-failed`.
 * @throws `usage` for what cannot become a file.
 */
export const completeFile = (file: string): ((text: string) => void) => {
  try {
    accessSync(dirname(file), constants.W_OK)
    inFolderOf(file, (folder) => refuseSpecialFiles(folder, file))
  } catch (cause) {
    throw cannotBeWritten(file, cause)
  }
  return (text) => {
    try {
      const descriptor = inFolderOf(file, (folder) =>
        putInto(folder, basename(file), (open) => {
          writeFileSync(open, text)
          fsyncSync(open)
        }),
      )
      closeSync(descriptor)
    } catch (cause) {
      throw writingFailed(file, cause)
    }
  }
}

/** A file that grows line by line. */
export interface LineFile {
  /** Writes text. An error does not stop the run; `close` throws it. */
  readonly write: (text: string) => void
  /** @throws `report-failed` if a write failed. */
  readonly close: () => void
}

/**
 * Opens a file for output during the run. An existing file is replaced.
 *
 * @throws `usage` for what cannot become a file.
 */
export const lineFile = (file: string): LineFile => {
  let descriptor: number
  try {
    descriptor = inFolderOf(file, (folder) => {
      refuseSpecialFiles(folder, file)
      return putInto(folder, basename(file), () => {})
    })
  } catch (cause) {
    throw cannotBeWritten(file, cause)
  }
  let failure: unknown
  return {
    write: (text) => {
      if (failure !== undefined) return
      try {
        writeFileSync(descriptor, text)
      } catch (error) {
        failure = error
      }
    },
    close: () => {
      closeSync(descriptor)
      if (failure !== undefined) throw writingFailed(file, failure)
    },
  }
}
