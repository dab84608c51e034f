/**
 * Runs test files: `main.ts unit`, `main.ts integration`, `main.ts long`, `main.ts hosts`, `main.ts conformance`, `main.ts e2e`,
 * or paths of files. Files named `*.long.test.ts` take long for what they are (a browser, an installed package, hundreds of
 * hosts): `npm test` leaves them out, CI does not.
 *
 * Ends with a line `N passed, N failed` and a status that says the same. End-to-end tests share one lab, so their files
 * run one after another; all others run side by side.
 */
import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { relative, resolve } from 'node:path'
import { runFile } from './run-file.ts'
import type { Count } from './run-file.ts'
import { runSideBySide } from './workers.ts'

const root = resolve(import.meta.dirname, '..')

const kindOf = (file: string): string =>
  file.endsWith('.long.test.ts')
    ? 'long'
    : (/^(integration|hosts|e2e|types|conformance)\//.exec(file)?.[1] ?? 'unit')

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

/** Files that wait for servers come first, the long ones before the others, so that none is left over at the end. */
const inOrder = (files: readonly string[]): string[] => {
  const waits = (file: string): number => (kindOf(relative(root, file)) === 'unit' ? 0 : 1)
  return files.toSorted((a, b) => waits(b) - waits(a) || statSync(b).size - statSync(a).size)
}

/** One after another in this process, which shows what they print as it comes. */
const inTurn = async (all: readonly string[]): Promise<Count[]> => {
  const done: Count[] = []
  for (const file of all) done.push(await runFile(file))
  return done
}

const files = await filesOf(process.argv.slice(2))
const kinds = new Set(files.map((file) => kindOf(relative(root, file))))
// what takes minutes the first time is made once, not by each file at the same time and within the time of a test
if (kinds.has('hosts')) {
  const { prepareHosts } = await import('./real-host.ts')
  await prepareHosts()
}
const counts =
  kinds.has('e2e') || files.length === 1
    ? await inTurn(files)
    : // more than there are processors: many tests wait
      await runSideBySide(
        inOrder(files),
        availableParallelism() * 3,
        (file) => kindOf(relative(root, file)) === 'hosts',
      )
const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0)
const [passed, failed] = [sum('passed'), sum('failed')]
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
