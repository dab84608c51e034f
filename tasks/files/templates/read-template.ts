/** Reads templates on this machine. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { CoxswainError } from '../../../engine/index.ts'

/**
 * The text of a template.
 *
 * @throws `load-failed`.
 */
export const readTemplate = (src: string): Promise<string> =>
  readFile(src, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the template ${src} on this machine`, {
      cause,
      hint: 'a relative path is looked for beside the file that makes the task, then in the current folder',
    })
  })

/** The text of a template; empty if it cannot be read, which is reported when it is rendered. */
export const readNow = (src: string): string => {
  try {
    return readFileSync(src, 'utf8')
  } catch {
    return ''
  }
}
