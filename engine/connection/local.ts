import { userInfo } from 'node:os'
// without the rest of zx, which takes as long to load as all of ours
import { $ } from 'zx/core'
import { CoxswainError } from '../errors.ts'
import { openFilesHint } from './open-files.ts'
import type { Channel, Transport } from './transport.ts'

/** Keeps nothing: zx stores what a process prints, and our shells live as long as the run. */
class Forgetful extends Array<string | Buffer> {
  override push(): number {
    return 0
  }
}

/** This machine, through zx: the same shells as over ssh, without the network. */
export class LocalTransport implements Transport {
  readonly description = 'local'
  readonly user = userInfo().username

  async open(command: string): Promise<Channel> {
    const { child } = $({
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
    if (child?.stdin == null || child.stdout === null || child.stderr === null) {
      throw new CoxswainError('shell-failed', 'cannot start /bin/sh on this machine', { hint: openFilesHint })
    }
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
