/**
 * Measures one run in a separate process, so that its peak memory is its own, and nothing was warmed up before it:
 * `measure.ts CASE OUTPUT FORKS HOSTS TASKS`. Prints the {@link Measured} as JSON.
 */
import { pool } from '../../engine/run/pool.ts'
import { runPlan } from '../../engine/run/runner.ts'
import { outputs } from '../../engine/report/outputs.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import { cases, newHosts, planFor } from './fleet.ts'
import type { Case, Size } from './fleet.ts'
import { disorder } from './order.ts'

/** Milliseconds, and the peak of memory in MB. */
export interface Measured {
  readonly planning: number
  readonly running: number
  /** The calls that the tasks need at least, made directly on the same connections. */
  readonly bare: number
  readonly memory: number
  /** Memory before any host exists: Node and the engine. */
  readonly idle: number
  /** The error in the order of the output, if any. */
  readonly disorder: string | null
}

type Output = 'plain' | 'json'

const peak = (): number => process.resourceUsage().maxRSS / 1024

const timed = async <Value>(work: () => Promise<Value> | Value): Promise<[number, Value]> => {
  const began = performance.now()
  const value = await work()
  return [performance.now() - began, value]
}

/** Plans and runs, with the output passed to `write`. */
const planAndRun = async (
  start: Case,
  output: Output,
  forks: number,
  size: Size,
  write: (text: string) => void,
) => {
  const hosts = newHosts(size, start)
  const [planning, { plan, fleet }] = await timed(() => planFor(hosts, size.tasks))
  const create = await outputs[output].load()
  const reporter = create({
    write,
    color: false,
    width: 80,
    height: 24,
    diff: false,
    verbosity: 1,
  })
  const { signal } = new AbortController()
  const [running, { exit }] = await timed(async () => {
    const result = await runPlan(plan, fleet, {
      checkMode: false,
      forks,
      signal,
      emit: (event) => dispatch(reporter, event),
    })
    await reporter.close()
    return result
  })
  if (exit !== 0) throw new Error(`the run ended with ${exit}`)
  return { planning, running, hosts }
}

/** The same work without the engine: a check for each task, and if needed the command and another check. */
const byHand = async (start: Case, forks: number, size: Size): Promise<number> => {
  const done = newHosts(size, start)
  const paths = Array.from({ length: size.tasks }, (_, step) => `/srv/step-${String(step).padStart(3, '0')}`)
  const [took] = await timed(() =>
    pool(Object.values(done), forks, async (connection) => {
      for (const path of paths) {
        const look = () =>
          connection.execute({ script: '', operation: { kind: 'stat', path }, purpose: 'query' })
        const { code } = await look()
        if (code === 0) continue
        await connection.execute({ script: `make ${path}`, purpose: 'run' })
        await look()
      }
    }),
  )
  return took
}

const [caseWord, outputWord, forksWord, hostsWord, tasksWord] = process.argv.slice(2)
const start = cases.find((one) => one === caseWord)
const output = (['plain', 'json'] as const).find((one) => one === outputWord)
if (start === undefined || output === undefined) throw new Error('measure.ts CASE OUTPUT FORKS HOSTS TASKS')
const forks = Number(forksWord)
const size: Size = { hosts: Number(hostsWord), tasks: Number(tasksWord) }

const idle = peak()
const { planning, running } = await planAndRun(start, output, forks, size, () => {})
const memory = peak()
const bare = await byHand(start, forks, size)
// the order is checked in a separate run: keeping the output would count as the engine's memory
const text: string[] = []
const { hosts } = await planAndRun(start, output, forks, size, (piece) => text.push(piece))
const found = disorder(text.join(''), output, start, Object.keys(hosts), size.tasks)
const measured: Measured = { planning, running, bare, memory, idle, disorder: found ?? null }
console.log(JSON.stringify(measured))
