/**
 * Runs test files: `main.ts unit`, `main.ts integration`, `main.ts hosts`, `main.ts e2e`, or paths of files.
 *
 * Ends with a line `N passed, N failed` and a status that says the same. A file without a suite fails. Integration tests
 * wait for servers and clocks more than they work, so their files run side by side, each in a process of its own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { pool } from '../../engine/run/pool.ts'

declare global {
  var UVU_DEFER: number
  var UVU_QUEUE: unknown[][]
  var UVU_INDEX: number
}

interface Count {
  readonly passed: number
  readonly failed: number
}

const root = resolve(import.meta.dirname, '..')

const kindOf = (file: string): string => /^(integration|hosts|e2e|types)\//.exec(file)?.[1] ?? 'unit'

const filesOf = async (words: readonly string[]): Promise<string[]> => {
  const all = (await readdir(root, { recursive: true }))
    .filter((file) => file.endsWith('.test.ts'))
    .toSorted()
  const chosen = words.flatMap((word) =>
    word.endsWith('.ts')
      ? [resolve(word)]
      : all.filter((file) => kindOf(file) === word).map((file) => resolve(root, file)),
  )
  if (chosen.length === 0) throw new Error(`no test file for: ${words.join(' ')}`)
  return chosen
}

/** Runs files in a process of their own, one after another, and prints what it printed when it has ended. */
const runApart = async (together: readonly string[]): Promise<Count> => {
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, ...together, '--here'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [status] = await once(child, 'close')
  const [line = '', passed = '0', failed = '0'] = /\n(\d+) passed, (\d+) failed\n$/.exec(said) ?? []
  process.stdout.write(said.slice(0, said.length - line.length).replace(/\n {2}Total:[\s\S]*$/, ''))
  const clean = status === 0 || Number(failed) > 0
  return { passed: Number(passed), failed: Number(failed) + (clean ? 0 : 1) }
}

/** Runs files in this process, one after another. */
const runHere = async (files: readonly string[]): Promise<Count> => {
  globalThis.UVU_DEFER = 1
  globalThis.UVU_QUEUE = []
  // `uvu` reads the switches above when it is first imported, so it comes after them
  const { tally } = await import('./spec.ts')
  const { exec } = await import('uvu')
  let empty = 0
  for (const [index, file] of files.entries()) {
    const name = relative(root, file)
    const suitesBefore = tally.suites
    globalThis.UVU_INDEX = index
    globalThis.UVU_QUEUE.push([name])
    await import(pathToFileURL(file).href)
    // suites register themselves with setImmediate
    await new Promise((done) => setImmediate(done))
    if (tally.suites === suitesBefore) {
      empty += 1
      console.error(`${name}: has no suite`)
    }
  }
  await exec(false)
  const failed = tally.failed + empty
  // uvu sees failures that no test is counted for, such as one of `before`
  return { passed: tally.passed, failed: failed === 0 && (process.exitCode ?? 0) !== 0 ? 1 : failed }
}

const words = process.argv.slice(2)
const files = await filesOf(words.filter((word) => word !== '--here'))
const waiting = files.filter((file) => ['integration', 'hosts'].includes(kindOf(relative(root, file))))
const working = files.filter((file) => !waiting.includes(file))
const counts: Count[] = []
// what takes minutes the first time is made once, not by each file at the same time and within the time of a test
if (!words.includes('--here') && waiting.some((file) => kindOf(relative(root, file)) === 'hosts')) {
  const { prepareHosts } = await import('./real-host.ts')
  await prepareHosts()
}
if (words.includes('--here') || files.length === 1 || waiting.length === 0) counts.push(await runHere(files))
else {
  // long files first, so that none is left over at the end
  const long = waiting.toSorted((a, b) => statSync(b).size - statSync(a).size)
  const jobs = [...(working.length === 0 ? [] : [working]), ...long.map((file) => [file])]
  // more than there are processors: mostly they wait
  await pool(jobs, availableParallelism() * 3, async (job) => {
    counts.push(await runApart(job))
  })
}
const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0)
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0)
