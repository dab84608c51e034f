/** Files that a run is written to: they are checked before the run, which must not end without its report after an hour. */
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
 * Refuses a file of `--report` that is not named as a page of HTML.
 *
 * @throws `usage`.
 */
export const refuseNoPage = (file: string): void => {
  if (['.html', '.htm'].includes(extname(file).toLowerCase())) return
  throw new CoxswainError('usage', `--report ${file}: the report is a page of HTML`, {
    hint: 'name it FILE.html; for a JUnit report, write --output junit=FILE.xml',
  })
}

/** The folder of a file: other users of this machine may control a part of the path. */
const folderOf = (file: string): LocalFolder => {
  const folder = enterLocalFolder(dirname(file))
  if (folder === undefined) throw new Error(`there is no folder ${dirname(file)}`)
  return folder
}

/** Does something in the folder of a file. */
const inFolderOf = <Result>(file: string, work: (folder: LocalFolder) => Result): Result => {
  const folder = folderOf(file)
  try {
    return work(folder)
  } finally {
    folder.close()
  }
}

/** Opens a new file that only its owner can read: it shows what the hosts said. Gives it its name when `fill` returns. */
const putInto = (folder: LocalFolder, name: string, fill: (descriptor: number) => void): number => {
  // a name that no one can predict: in a folder that others can change, a link could wait there
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

/** Refuses what a file must not replace: a folder, a device, a pipe. */
const refuseOthers = (folder: LocalFolder, file: string): void => {
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
 * A file that is written at once: it appears complete, or not at all. Writing waits for nothing, so that a process that
 * ends can still do it.
 *
 * @returns writes the file; throws `report-failed`.
 * @throws `usage` for what cannot become a file.
 */
export const wholeFile = (file: string): ((text: string) => void) => {
  try {
    accessSync(dirname(file), constants.W_OK)
    inFolderOf(file, (folder) => refuseOthers(folder, file))
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
  /** Writes text; what fails is known at the end, because a run must not stop for it. */
  readonly write: (text: string) => void
  /** @throws `report-failed` when something could not be written. */
  readonly close: () => void
}

/**
 * Opens a file that a run is written to while it goes on. An older file of the name is replaced.
 *
 * @throws `usage` for what cannot become a file.
 */
export const lineFile = (file: string): LineFile => {
  let descriptor: number
  try {
    descriptor = inFolderOf(file, (folder) => {
      refuseOthers(folder, file)
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
