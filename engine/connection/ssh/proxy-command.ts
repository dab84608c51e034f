/** A program whose streams lead to a server (ProxyCommand). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Via } from './settings.ts'

/** Bytes kept of what it says on standard error. */
const keptWords = 4096

/** Seconds that its end may take after that of its output. */
const lastWordsTime = 1

/** The way that a command line makes, as ssh starts it: by the shell of who runs this. */
export const commandVia = (command: string): Via => ({
  key: `ProxyCommand ${command}`,
  files: { count: 3 },
  open: () => {
    // a session of its own: a Ctrl-C at our terminal is for the engine alone
    const child = spawn(process.env['SHELL'] ?? '/bin/sh', ['-c', `exec ${command}`], {
      detached: true,
      stdio: 'pipe',
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-keptWords)))
    let refused: Error | undefined
    child.on('error', (error) => (refused = error))
    const ended = once(child, 'close').catch(() => {})
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
    return Promise.resolve({
      stream,
      lastWords: async () => {
        if (refused !== undefined) return `the ProxyCommand does not start: ${refused.message}`
        // as long as it runs, what went wrong is not its end
        if (!child.stdout.readableEnded && !child.stdout.destroyed) return undefined
        const waiting = new AbortController()
        const tired = sleep(lastWordsTime * 1000, undefined, { signal: waiting.signal }).catch(() => {})
        await Promise.race([ended, tired])
        waiting.abort()
        const status = child.exitCode ?? child.signalCode
        const words = said.trim().split(/\r?\n/).at(-1) ?? ''
        if (status === null || (status === 0 && words === '')) return undefined
        return `the ProxyCommand ended with ${status}${words === '' ? '' : `: ${words}`}`
      },
      close: () => {
        stream.destroy()
        child.kill()
        return Promise.resolve()
      },
    })
  },
})
