/** Connects to a server through the streams of a program (ProxyCommand). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Via } from './settings.ts'

/** The most characters kept of its standard error. */
const keptWords = 4096

/** Seconds to wait for its exit after the end of its output. */
const lastWordsTime = 1

/** The route through a command line, started by the user's shell as in ssh. */
export const commandVia = (command: string): Via => ({
  key: `ProxyCommand ${command}`,
  files: { count: 3 },
  open: () => {
    // its own session: Ctrl-C at the terminal is for the engine only
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
        if (refused !== undefined) return `the ProxyCommand cannot be started: ${refused.message}`
        // while it runs, its end is not the cause
        if (!child.stdout.readableEnded && !child.stdout.destroyed) return undefined
        const waiting = new AbortController()
        const timeout = sleep(lastWordsTime * 1000, undefined, { signal: waiting.signal }).catch(() => {})
        await Promise.race([ended, timeout])
        waiting.abort()
        const status = child.exitCode ?? child.signalCode
        const words = said.trim().split(/\r?\n/).at(-1) ?? ''
        if (status === null || (status === 0 && words === '')) return undefined
        return `the ProxyCommand exited with ${status}${words === '' ? '' : `: ${words}`}`
      },
      close: () => {
        stream.destroy()
        child.kill()
        return Promise.resolve()
      },
    })
  },
})
