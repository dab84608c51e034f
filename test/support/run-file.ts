/** Runs one test file in this process. */
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { failedFile } from './count.ts'
import type { Count } from './count.ts'

declare global {
  var UVU_DEFER: number
  var UVU_QUEUE: unknown[][]
  var UVU_INDEX: number
}

const root = resolve(import.meta.dirname, '..')

/**
 * Runs the suites of a test file, prints them, and counts their tests. A file without a suite has failed.
 *
 * @param file absolute path.
 */
export const runFile = async (file: string): Promise<Count> => {
  globalThis.UVU_DEFER = 1
  const name = relative(root, file)
  globalThis.UVU_QUEUE = [[name]]
  globalThis.UVU_INDEX = 0
  // uvu reads these globals when it is first imported
  const { startFile, tally } = await import('./spec.ts')
  const { exec } = await import('uvu')
  startFile()
  await import(pathToFileURL(file).href)
  // suites register themselves with setImmediate
  await new Promise((done) => setImmediate(done))
  if (tally.suites === 0) {
    console.error(`${name}: has no suite`)
    return failedFile(name)
  }
  // a file whose tests are all skipped or filtered out prints nothing
  if (globalThis.UVU_QUEUE.some((group) => group.length > 1)) await exec(false)
  process.exitCode = 0
  return {
    passed: tally.passed,
    failed: tally.failed,
    failures: tally.failures.map((title) => `${name}: ${title}`),
    skipped: tally.skipped,
  }
}
