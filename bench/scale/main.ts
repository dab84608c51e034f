/**
 * `npm run bench:scale [hosts] [tasks] [forks]`: the cost of the engine itself, on hosts that answer immediately: 1,000 hosts
 * × 20 tasks, with the real runner and reporters, once without changes and once with a change in every task. Exits with 1 if
 * a run uses more than 400 MB at its peak, takes more than 0.15 ms per task and host beyond the bare calls, or if a host's
 * output is not in order.
 */
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { cases } from './fleet.ts'

const limits = { memory: 400, overhead: 0.15 }
const rounds = 3
const hosts = Number(process.argv[2] ?? 1000)
const tasks = Number(process.argv[3] ?? 20)
/** The default of the command line. */
const forks = Number(process.argv[4] ?? 20)

/** Node with the compiled engine, as users run it: with tsx it takes twice as long. */
const compiled = (): string[] => {
  const loader = pathToFileURL(resolve('dist/loader.js')).href
  return ['--import', `data:text/javascript,import { registerLoader } from '${loader}'; registerLoader()`]
}

const measuredSchema = z.object({
  planning: z.number(),
  running: z.number(),
  bare: z.number(),
  memory: z.number(),
  idle: z.number(),
  disorder: z.string().nullable(),
})

const measure = (start: string, output: string) =>
  measuredSchema.parse(
    JSON.parse(
      execFileSync(
        process.execPath,
        [
          ...compiled(),
          join(import.meta.dirname, 'measure.ts'),
          start,
          output,
          ...[forks, hosts, tasks].map(String),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
      ),
    ),
  )

let within = true
console.log(
  `${hosts} hosts × ${tasks} tasks, ${forks} at the same time; ${rounds} runs, each in a process of its own`,
)
for (const start of cases)
  for (const output of ['plain', 'json']) {
    const runs = Array.from({ length: rounds }, () => measure(start, output))
    // the fastest of them: other processes can only add to the time
    const of = (pick: (run: (typeof runs)[number]) => number): number => Math.min(...runs.map(pick))
    const overhead = of(({ planning, running, bare }) => (planning + running - bare) / hosts / tasks)
    // but the highest peak
    const memory = Math.max(...runs.map((run) => run.memory))
    const disorder = runs.find((run) => run.disorder !== null)?.disorder
    const ok = overhead <= limits.overhead && memory <= limits.memory && disorder === undefined
    within &&= ok
    console.log(
      `all ${start}, ${output}: ${overhead.toFixed(3)} ms a task and host (at most ${limits.overhead}), peak ${memory.toFixed(0)} MB (at most ${limits.memory})${ok ? '' : '  OVER'}\n` +
        `  planning ${of((run) => run.planning).toFixed(0)} ms, running ${of((run) => run.running).toFixed(0)} ms, bare calls ${of((run) => run.bare).toFixed(0)} ms; Node and the engine alone ${of((run) => run.idle).toFixed(0)} MB`,
    )
    if (disorder) console.log(`  out of order: ${disorder}`)
  }
process.exitCode = within ? 0 : 1
