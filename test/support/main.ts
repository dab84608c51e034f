/**
 * Runs test files, by kind (`main.ts unit integration`) or by the path of a file or folder; `--filter` selects tests in them.
 * Kinds are unit, integration, long, hosts, conformance, types, e2e, e2e/operations and e2e/machine. Files named `*.long.test.ts` take
 * long (a browser, an installed package, hundreds of hosts): `npm test` leaves them out, CI does not.
 *
 * The last line of output is `N passed, N failed`; the line before it says how many tests were skipped, and why.
 * End-to-end tests share one lab, so their files run one after another; all others run in parallel.
 */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { closingLines, sumOf } from './count.ts'
import type { Count } from './count.ts'
import { filesOf, kindOf } from './files.ts'
import { filterOf, filterVariable } from './filter.ts'
import { needsOfFiles, prepareMachine, thisMachine } from './prepare.ts'
import { runFile } from './run-file.ts'
import { runSideBySide } from './workers.ts'

/** Sorts files: those that wait for servers first, then by size, so that no long file runs alone at the end. */
const inOrder = (files: readonly string[]): string[] => {
  const waits = (file: string): number => (kindOf(file) === 'unit' ? 0 : 1)
  return files.toSorted((a, b) => waits(b) - waits(a) || statSync(b).size - statSync(a).size)
}

/** Runs files one after another in this process, with live output. */
const inTurn = async (all: readonly string[]): Promise<Count[]> => {
  const done: Count[] = []
  for (const file of all) done.push(await runFile(file))
  return done
}

const { values, positionals } = parseArgs({
  options: { filter: { type: 'string' } },
  allowPositionals: true,
})
// a malformed regular expression fails here, once
filterOf(values.filter)
if (values.filter !== undefined) process.env[filterVariable] = values.filter
const files = await filesOf(positionals)
const kinds = new Set(files.map(kindOf))
prepareMachine(needsOfFiles(files), thisMachine())
// images take minutes to build the first time, which is longer than the timeout of a test
if (kinds.has('hosts')) {
  const { prepareHosts } = await import('./real-host.ts')
  await prepareHosts(files)
}
const counts =
  [...kinds].some((kind) => kind.startsWith('e2e')) || files.length === 1
    ? await inTurn(files)
    : // more processes than processors, because many tests wait
      await runSideBySide(inOrder(files), availableParallelism() * 3, (file) => kindOf(file) === 'hosts')
const sum = sumOf(counts)
if (values.filter !== undefined && sum.passed + sum.failed === 0)
  console.error(`no test that runs here matches ${values.filter}`)
console.log(`\n${closingLines(sum).join('\n')}`)
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0)
