import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
// without the rest of zx, which takes as long to load as all of ours
import { $ } from 'zx/core'
import { CoxswainError } from '../errors.ts'
import { hintOnOpenFiles, openFilesHint } from './open-files.ts'
import type { Channel, Transport } from './transport.ts'

/** Keeps nothing: zx stores what a process prints, and our shells live as long as the run. */
class Forgetful extends Array<string | Buffer> {
  override push(): number {
    return 0
  }
}

const notStarted = (folder: string, cause?: Error): CoxswainError => {
  if (existsSync(folder)) {
    const why = cause === undefined ? '' : `: ${cause.message}`
    const hint = cause === undefined ? openFilesHint : hintOnOpenFiles(cause.message)
    return new CoxswainError('shell-failed', `cannot start /bin/sh on this machine${why}`, { cause, hint })
  }
  return new CoxswainError(
    'shell-failed',
    `cannot start /bin/sh on this machine: the folder ${folder} was removed`,
    {
      cause,
      hint: 'start coxswain again in a folder that exists',
    },
  )
}

/** This machine, through zx: the same shells as over ssh, without the network. */
export class LocalTransport implements Transport {
  readonly description = 'local'
  readonly user = userInfo().username

  async open(command: string): Promise<Channel> {
    // zx would take the folder in which it was loaded. Node remembers it, so this works even when it was removed
    const folder = process.cwd()
    const { child } = $({
      cwd: folder,
      env: process.env,
      quiet: true,
      nothrow: true,
      shell: '/bin/sh',
      prefix: '',
      // the command line is quoted already
      quote: (text) => text,
      // a process group of its own, which is what our watchdog ends
      detached: true,
      store: { stdout: new Forgetful(), stderr: new Forgetful(), stdall: new Forgetful() },
    })`${command}`
    // Node gives no streams when no more files can be opened, whatever the types say, and no number when nothing started
    if (child?.stdin == null || child.stdout === null || child.stderr === null) throw notStarted(folder)
    if (child.pid === undefined)
      throw notStarted(folder, await new Promise((resolve) => child.once('error', resolve)))
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended: new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 143 }))),
      destroy: () => {
        child.stdin?.destroy()
        child.stdout?.destroy()
        child.stderr?.destroy()
      },
    }
  }

  async close(): Promise<void> {}
}
