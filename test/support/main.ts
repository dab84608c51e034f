/**
 * Runs test files: `main.ts unit integration`, or paths of files and folders, and of them the tests that `--filter` names.
 * Kinds are unit, integration, long, hosts, conformance, types and e2e. Files named `*.long.test.ts` take long for what they
 * are (a browser, an installed package, hundreds of hosts): `npm test` leaves them out, CI does not.
 *
 * Ends with a line `N passed, N failed` and a status that says the same; above it how many were skipped, and why.
 * End-to-end tests share one lab, so their files run one after another; all others run side by side.
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

/** Files that wait for servers come first, the long ones before the others, so that none is left over at the end. */
const inOrder = (files: readonly string[]): string[] => {
  const waits = (file: string): number => (kindOf(file) === 'unit' ? 0 : 1)
  return files.toSorted((a, b) => waits(b) - waits(a) || statSync(b).size - statSync(a).size)
}

/** One after another in this process, which shows what they print as it comes. */
const inTurn = async (all: readonly string[]): Promise<Count[]> => {
  const done: Count[] = []
  for (const file of all) done.push(await runFile(file))
  return done
}

const { values, positionals } = parseArgs({
  options: { filter: { type: 'string' } },
  allowPositionals: true,
})
// a malformed expression fails here, once
filterOf(values.filter)
if (values.filter !== undefined) process.env[filterVariable] = values.filter
const files = await filesOf(positionals)
const kinds = new Set(files.map(kindOf))
prepareMachine(needsOfFiles(files), thisMachine())
// what takes minutes the first time is made once, not by each file at the same time and within the time of a test
if (kinds.has('hosts')) {
  const { prepareHosts } = await import('./real-host.ts')
  await prepareHosts()
}
const counts =
  kinds.has('e2e') || files.length === 1
    ? await inTurn(files)
    : // more than there are processors: many tests wait
      await runSideBySide(inOrder(files), availableParallelism() * 3, (file) => kindOf(file) === 'hosts')
const sum = sumOf(counts)
if (values.filter !== undefined && sum.passed + sum.failed === 0)
  console.error(`no test that runs here matches ${values.filter}`)
console.log(`\n${closingLines(sum).join('\n')}`)
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0)
