/** Runs programs on this machine that print a secret, such as password managers. */
import { execFile } from 'node:child_process'
import { CoxswainError } from '../../errors.ts'
import { Secret } from '../../secret.ts'

/** Timeout in seconds: a password manager can prompt for its own password. */
const programTimeout = 120
/** The most bytes of a secret. */
const most = 1024 * 1024

const reasonOf = (error: { code?: unknown; killed?: boolean; signal?: unknown }): string => {
  if (error.code === 'ENOENT') return 'the program does not exist'
  if (error.code === 'EACCES') return 'it is not executable'
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it prints more than ${most} bytes`
  if (error.killed === true) return `timed out after ${programTimeout} s`
  return typeof error.code === 'number'
    ? `it exits with ${error.code}`
    : `it was killed by ${String(error.signal)}`
}

/**
 * Runs a program without standard input, and returns its output without the trailing newline.
 *
 * @param folder the working directory.
 * @throws `secret-command-failed` with its standard error.
 */
export const runProgram = ([file = '', ...words]: readonly string[], folder: string): Promise<Secret> =>
  new Promise((done, failed) => {
    const options = {
      cwd: folder,
      timeout: programTimeout * 1000,
      maxBuffer: most,
      killSignal: 'SIGKILL' as const,
    }
    const child = execFile(file, words, options, (error, stdout, stderr) => {
      if (error === null) {
        done(new Secret(stdout.replace(/(\r?\n)+$/, '')))
        return
      }
      const said = stderr.trim()
      const command = [file, ...words].join(' ')
      failed(
        new CoxswainError('secret-command-failed', `${command}: ${reasonOf(error)}`, {
          output: said === '' ? undefined : said,
        }),
      )
    })
    child.stdin?.end()
  })
