import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What other processes of this machine show of themselves while it watches. */
export interface ProcessWatcher {
  /** Resolves when a process has shown one of the texts. */
  sees(text: string): Promise<void>
  /** Ends the watch; gives every word of at least 16 hexadecimal digits, and each of the texts, that any process showed. */
  stop(): Promise<ReadonlySet<string>>
}

const program = `
const { readdirSync, readFileSync } = require('node:fs')
const texts = JSON.parse(process.argv[1]).map((text) => Buffer.from(text, 'latin1').reverse().toString('latin1'))
const seen = new Set()
const told = new Set()
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
        if (told.has(text) || !shown.includes(text)) continue
        seen.add(text)
        told.add(text)
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
 * Reads command line and environment of every process, again and again. As root it sees what any user could see.
 *
 * @param texts looked for as well, given in reverse so that the watcher itself does not show them.
 */
export const watchProcesses = async (texts: readonly string[]): Promise<ProcessWatcher> => {
  // latin1, as they are read
  const reversed = texts.map((text) =>
    Buffer.from(Array.from(Buffer.from(text, 'latin1')).toReversed()).toString('latin1'),
  )
  const child = spawn(process.execPath, ['-e', program, JSON.stringify(reversed)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  // an empty line when it has begun, the number of a text when that is seen first, and all that was seen as the last one
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
