/**
 * Runs test files: `main.ts unit`, `main.ts integration`, `main.ts e2e`, or paths of files.
 *
 * Ends with a line `N passed, N failed` and a status that says the same. A file without a suite fails.
 */
import { readdir } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

declare global {
  var UVU_DEFER: number
  var UVU_QUEUE: unknown[][]
  var UVU_INDEX: number
}

const root = resolve(import.meta.dirname, '..')

const kindOf = (file: string): string => /^(integration|e2e|types|tasks-real)\//.exec(file)?.[1] ?? 'unit'

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

globalThis.UVU_DEFER = 1
globalThis.UVU_QUEUE = []
// `uvu` reads the switches above when it is first imported, so it comes after them
const { tally } = await import('./spec.ts')
const { exec } = await import('uvu')

let empty = 0
for (const [index, file] of (await filesOf(process.argv.slice(2))).entries()) {
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
console.log(`\n${tally.passed} passed, ${failed} failed`)
const wrong = failed > 0 || tally.passed === 0 || (process.exitCode ?? 0) !== 0
process.exit(wrong ? 1 : 0)
