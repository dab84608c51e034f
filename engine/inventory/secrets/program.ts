/** What a program on this machine prints, for passwords that a password manager keeps. */
import { execFile } from 'node:child_process'
import { CoxswainError } from '../../errors.ts'
import { Secret } from '../../secret.ts'

/** A password manager may ask a person for its own password: so long it may take. Seconds. */
const programTimeout = 120
/** More than this is no password. Bytes. */
const most = 1024 * 1024

const reasonOf = (error: { code?: unknown; killed?: boolean; signal?: unknown }): string => {
  if (error.code === 'ENOENT') return 'there is no such program'
  if (error.code === 'EACCES') return 'it may not be run'
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `it prints more than ${most} bytes`
  if (error.killed === true) return `it does not end within ${programTimeout} s`
  return typeof error.code === 'number'
    ? `it exits with ${error.code}`
    : `it was killed by ${String(error.signal)}`
}

/**
 * Runs a program and takes what it prints, without the newline at its end. It gets no standard input.
 *
 * @param folder where it is started.
 * @throws `secret-command-failed` with what it said on standard error.
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
