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
import { enterLocalFolder } from '../connection/local-folder.ts'
import type { LocalFolder } from '../connection/local-folder.ts'
import { CoxswainError } from '../errors.ts'

/** Makes a file that is on the disk when it returns, or throws. */
const writeWhole = (path: string, content: string): void => {
  // it shows what the hosts said, which is not for every user of this machine
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The folder of a file: other users of this machine may control a part of the path. */
const folderOf = (file: string): LocalFolder => {
  const folder = enterLocalFolder(dirname(file))
  if (folder === undefined) throw new Error(`there is no folder ${dirname(file)}`)
  return folder
}

const putInto = (folder: LocalFolder, name: string, page: string): void => {
  // a name that no one can predict: in a folder that others can change, a link could wait there
  const unfinished = join(folder.path, `${name}.${randomBytes(6).toString('hex')}.part`)
  try {
    writeWhole(unfinished, page)
    renameSync(unfinished, join(folder.path, name))
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

/**
 * A file that a report will be saved to: looked at before the run, because a run of an hour should not end without its
 * report for want of a folder. Saving puts the whole of it in place at once, and waits for nothing.
 *
 * @throws `usage` for what cannot become a report.
 */
export const reportFile = (file: string): ((page: string) => void) => {
  if (!['.html', '.htm'].includes(extname(file).toLowerCase()))
    throw new CoxswainError('usage', `--report ${file}: the report is a page of HTML`, {
      hint: 'name it FILE.html; for a JUnit report, use --output junit > FILE.xml',
    })
  try {
    accessSync(dirname(file), constants.W_OK)
    const folder = folderOf(file)
    const found = folder.look(basename(file))
    folder.close()
    if (found?.isDirectory() === true) throw new Error('it is a folder')
  } catch (cause) {
    throw new CoxswainError('usage', `--report ${file}: it cannot be written`, {
      hint: 'name a file in a folder that exists and may be written to',
      cause,
    })
  }
  return (page) => {
    try {
      const folder = folderOf(file)
      try {
        putInto(folder, basename(file), page)
      } finally {
        folder.close()
      }
    } catch (cause) {
      throw new CoxswainError('report-failed', `the report ${file} could not be written`, { cause })
    }
  }
}
