/**
 * Measures one run in a separate process, so that its processor time and its peak of memory are its own: `measure.ts KIND CASE HOSTS TASKS FORKS`.
 * Prints the {@link Measured} as JSON.
 */
import { scripted } from '../../engine/connection/scripted.ts'
import type { ScriptedConnection } from '../../engine/connection/scripted.ts'
import { given } from '../../engine/dsl/given.ts'
import type { PlayMaker } from '../../engine/dsl/play.ts'
import type { Step } from '../../engine/dsl/step.ts'
import { outputs } from '../../engine/report/outputs.ts'
import { dispatch } from '../../engine/report/reporter.ts'
import { runPlan } from '../../engine/run/runner.ts'
import { prepare } from '../../test/run/site.ts'
import { kernel, name } from '../../test/run/values-site.ts'
import { make } from '../scale/fleet.ts'
import type { Case } from '../scale/fleet.ts'

/** Whether half of the tasks are made from values, and of which facts. */
export type Kind = 'without' | 'fixed' | 'read again'

/** Milliseconds of the processor since the hosts were there, and the peak of memory in MB. */
export interface Measured {
  readonly cpu: number
  readonly memory: number
}

/** Tasks in one step with values. */
const inOne = 5

const pathOf = (step: number): string => `/srv/step-${String(step).padStart(3, '0')}`

const newHosts = (hosts: number, tasks: number, start: Case): Record<string, ScriptedConnection> => {
  const paths = Array.from({ length: start === 'ok' ? tasks : 0 }, (_, step) => pathOf(step))
  return Object.fromEntries(
    Array.from({ length: hosts }, (_, index) => [
      `host-${String(index).padStart(4, '0')}`,
      scripted({
        files: Object.fromEntries(paths.map((path) => [path, 'made'])),
        replies: [
          [/^(kernel|name)$/, 'linux'],
          [
            /^make /,
            ({ script }, files) => {
              files.set(script.slice('make '.length), { content: 'made' })
              return 'made\n'
            },
          ],
        ],
      }),
    ]),
  )
}

/** The steps: in turn five tasks of the list, and five that are made from a value. */
const stepsOf = (kind: Kind, tasks: number): Step[] => {
  const fact = kind === 'without' ? undefined : kind === 'fixed' ? kernel({}) : name({})
  return Array.from({ length: tasks / inOne }, (_, pair): Step[] => {
    const own = (): Step[] =>
      Array.from({ length: inOne }, (_task, step) => make({ path: pathOf(pair * inOne + step) }))
    return fact === undefined || pair % 2 === 0 ? own() : [given({ system: fact }, own)]
  }).flat()
}

const peak = (): number => process.resourceUsage().maxRSS / 1024
const used = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const [kindWord, caseWord, ...numbers] = process.argv.slice(2)
const kind = (['without', 'fixed', 'read again'] as const).find((one) => one === kindWord)
const start = (['ok', 'changed'] as const).find((one) => one === caseWord)
const [size = 0, tasks = 0, forks = 1] = numbers.map(Number)
if (kind === undefined || start === undefined) throw new Error('measure.ts KIND CASE HOSTS TASKS FORKS')

const hosts = newHosts(size, tasks, start)
const create = await outputs.plain.load()
const before = used()
const { plan, fleet } = prepare(
  (play: PlayMaker<Record<string, unknown>>) => [
    play('many files', { hosts: 'web', tasks: () => stepsOf(kind, tasks) }),
  ],
  { hosts },
)
const reporter = create({ write: () => {}, color: false, width: 80, height: 24, diff: false, verbosity: 0 })
const { exit } = await runPlan(plan, fleet, {
  checkMode: false,
  forks,
  signal: new AbortController().signal,
  emit: (event) => dispatch(reporter, event),
})
await reporter.close()
if (exit !== 0) throw new Error(`the run ended with ${exit}`)
const measured: Measured = { cpu: used() - before, memory: peak() }
console.log(JSON.stringify(measured))
