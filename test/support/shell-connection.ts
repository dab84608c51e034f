import { spawn } from 'node:child_process'
import { inputBytes } from '../../engine/connection/input.ts'
import type { Connection } from '../../engine/connection/types.ts'

/** Returns a connection that runs each request in a new shell on this machine. */
export const shellConnection = (shell = 'sh'): Connection => ({
  description: shell,
  execute: async ({ script, stdin }) => {
    const input = await inputBytes(stdin)
    return new Promise((resolve, reject) => {
      const child = spawn(shell, ['-c', script], { env: { PATH: process.env['PATH'], LC_ALL: 'C' } })
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
      child.on('error', reject)
      child.on('close', (code) =>
        resolve({ code: code ?? 128, stdout: Buffer.concat(out), stderr: Buffer.concat(err), dropped: 0 }),
      )
      child.stdin.on('error', () => {})
      child.stdin.end(input)
    })
  },
  close: async () => {},
})
