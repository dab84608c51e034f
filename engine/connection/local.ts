import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { CoxswainError } from '../errors.ts'
import { hintOnOpenFiles, openFilesHint } from './open-files.ts'
import type { Channel, Transport } from './transport.ts'

/** Stores nothing: zx keeps the output of a process, and our shells run as long as the run. */
class EmptyStore extends Array<string | Buffer> {
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

/** Starts shells on this machine with zx. They are the same as over SSH. */
export class LocalTransport implements Transport {
  readonly description = 'local'
  readonly user = userInfo().username

  async open(command: string): Promise<Channel> {
    // by default zx uses the folder in which it was loaded; process.cwd() works even if the folder was removed
    const folder = process.cwd()
    // loaded when this machine is a host: it is a third of what the engine's own code takes to load
    const { $ } = await import('zx/core')
    const { child } = $({
      cwd: folder,
      env: process.env,
      quiet: true,
      nothrow: true,
      shell: '/bin/sh',
      prefix: '',
      // the command line is already quoted
      quote: (text) => text,
      // its own process group, which the watchdog ends
      detached: true,
      store: { stdout: new EmptyStore(), stderr: new EmptyStore(), stdall: new EmptyStore() },
    })`${command}`
    // despite the types, Node returns no streams if the limit of open files is reached, and no PID if nothing was started
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
