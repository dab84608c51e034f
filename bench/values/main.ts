/**
 * `npm run bench:values [hosts] [tasks] [forks] [-- --json]`: what steps that are made from values cost, on hosts that answer immediately: 1,000
 * hosts × 20 tasks, half of them in steps of five with a fact that cannot change or with one that is read again after each change, compared with
 * the same tasks without such steps. Exits with 1 if a run takes more than 1.3 times the processor time or the peak of memory. `--json`
 * prints one line per figure.
 */
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { cases } from '../scale/fleet.ts'
import type { Kind, Measured } from './measure.ts'

const most = 1.3
const rounds = 3
const json = process.argv.includes('--json')
const [hosts = 1000, tasks = 20, forks = 20] = process.argv
  .slice(2)
  .filter((word) => word !== '--json')
  .map(Number)

/** Node with the compiled engine, as users run it: with tsx it takes twice as long. */
const loader = pathToFileURL(resolve('dist/loader.js')).href
const compiled = [
  '--import',
  `data:text/javascript,import { registerLoader } from '${loader}'; registerLoader()`,
]

const measuredSchema = z.object({ cpu: z.number(), memory: z.number() })

const measure = (kind: Kind, start: string): Measured =>
  measuredSchema.parse(
    JSON.parse(
      execFileSync(
        process.execPath,
        [
          ...compiled,
          join(import.meta.dirname, 'measure.ts'),
          kind,
          start,
          ...[hosts, tasks, forks].map(String),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
      ),
    ),
  )

/** The least of some runs in turn: other processes can only add to the time, and the collector of garbage to the memory. */
const least = (runs: readonly Measured[]): Measured => ({
  cpu: Math.min(...runs.map(({ cpu }) => cpu)),
  memory: Math.min(...runs.map(({ memory }) => memory)),
})

let within = true
const tell = (figure: string, value: number, unit: string, limit?: number): void => {
  const rounded = Number(value.toFixed(2))
  if (json) console.log(JSON.stringify({ figure, value: rounded, unit, ...(limit && { most: limit }) }))
  else console.log(`${figure}: ${rounded} ${unit}${limit === undefined ? '' : ` (at most ${limit})`}`)
  within &&= limit === undefined || value <= limit
}

const kinds = ['without', 'fixed', 'read again'] as const
for (const start of cases) {
  // in turn, so that what else the machine does is the same for all
  const all = Array.from({ length: rounds }, () => kinds.map((kind) => measure(kind, start)))
  const [without, ...others] = kinds.map((_, index) => least(all.flatMap((round) => round[index] ?? [])))
  if (without === undefined) continue
  tell(`all ${start}, without values, processor`, without.cpu, 'ms')
  tell(`all ${start}, without values, memory`, without.memory, 'MB')
  for (const [index, { cpu, memory }] of others.entries()) {
    const name = `all ${start}, half of the tasks from a fact that is ${kinds[index + 1] ?? ''}`
    tell(`${name}, processor`, cpu / without.cpu, 'times', most)
    tell(`${name}, memory`, memory / without.memory, 'times', most)
  }
}
process.exitCode = within ? 0 : 1
