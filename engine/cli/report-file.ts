import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, extname } from 'node:path'
import { CoxswainError } from '../errors.ts'

/** Makes a file that is on the disk when it returns, or throws. */
const writeWhole = (path: string, content: string): void => {
  const file = openSync(path, 'wx')
  try {
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
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
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder')
  } catch (cause) {
    throw new CoxswainError('usage', `--report ${file}: it cannot be written`, {
      hint: 'name a file in a folder that exists and may be written to',
      cause,
    })
  }
  return (page) => {
    // a name that nobody can foresee: in a folder of everybody's a link could wait there
    const unfinished = `${file}.${randomBytes(6).toString('hex')}.part`
    try {
      writeWhole(unfinished, page)
      renameSync(unfinished, file)
    } catch (cause) {
      rmSync(unfinished, { force: true })
      throw new CoxswainError('report-failed', `the report ${file} could not be written`, { cause })
    }
  }
}
