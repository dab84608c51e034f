import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Watches command lines and environments of other processes on this machine. */
export interface ProcessWatcher {
  /** Resolves when the command line or environment of a process contains the text. */
  sees(text: string): Promise<void>
  /**
   * Stops watching; returns every word of at least 16 hexadecimal digits and each of the texts that was found in a
   * process.
   */
  stop(): Promise<ReadonlySet<string>>
}

const program = `
const { readdirSync, readFileSync } = require('node:fs')
const texts = JSON.parse(process.argv[1]).map((text) => Buffer.from(text, 'latin1').reverse().toString('latin1'))
const seen = new Set()
const reported = new Set()
let over = false
process.stdin.on('end', () => (over = true)).resume()
const look = () => {
  for (const pid of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(pid) || Number(pid) === process.pid) continue
    for (const name of ['cmdline', 'environ']) {
      let shown
      try { shown = readFileSync('/proc/' + pid + '/' + name, 'latin1') } catch { continue }
      for (const [word] of shown.matchAll(/[0-9a-f]{16,}/g)) seen.add(word)
      for (const [index, text] of texts.entries()) {
        if (reported.has(text) || !shown.includes(text)) continue
        seen.add(text)
        reported.add(text)
        process.stdout.write(index + '\\n')
      }
    }
  }
  if (over) process.stdout.write(JSON.stringify([...seen]))
  else setImmediate(look)
}
look()
process.stdout.write('\\n')
`

/**
 * Reads command line and environment of every process repeatedly. As root it sees what any user could see.
 *
 * @param texts to look for; they are passed reversed, so that the watcher's own command line does not contain them.
 */
export const watchProcesses = async (texts: readonly string[]): Promise<ProcessWatcher> => {
  // in latin1, because command lines are read as latin1
  const reversed = texts.map((text) =>
    Buffer.from(Array.from(Buffer.from(text, 'latin1')).toReversed()).toString('latin1'),
  )
  const child = spawn(process.execPath, ['-e', program, JSON.stringify(reversed)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // lines: an empty one at the start, the number of each text that is found, and last everything that was found, as JSON
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  await once(reader, 'line')
  return {
    sees: async (text) => {
      while (!lines.includes(String(texts.indexOf(text)))) await once(reader, 'line')
    },
    stop: async () => {
      child.stdin.end()
      await once(child, 'close')
      const words: unknown = JSON.parse(lines.at(-1) ?? '')
      return new Set(Array.isArray(words) ? words.map(String) : [])
    },
  }
}
