/** Lists more of a plan: reads values on hosts, without running a task. */
import { isExcusable } from '../error-kinds.ts'
import { CoxswainError } from '../errors.ts'
import type { Fleet } from './fleet.ts'
import type { OnMade } from './host-context.ts'
import type { Redactor } from './masking/redactor.ts'
import { MadeSteps, tasksOf } from './plan/planned-steps.ts'
import type { PlannedGiven, PlannedStep, PlannedTask } from './plan/planned-steps.ts'
import type { HostPlan, Plan } from './plan/plan.ts'
import { canChange as changesHosts } from './plan/read-only.ts'
import { lookEarly } from './play/asking.ts'
import { OncePer } from './play/once-per.ts'
import { freePace } from './play/pace.ts'
import type { PlayHost } from './play/play-host.ts'
import { Throttles } from './play/throttles.ts'
import { pool } from './pool.ts'
import { RunScope } from './scope.ts'

export interface ExpandOptions {
  readonly signal: AbortSignal
  readonly redactor: Redactor
  /** Maximum number of concurrent hosts. */
  readonly forks: number
  /** Called with what each step makes. */
  readonly onMade: OnMade
}

/** A plan with the tasks of steps whose values could be read. */
export interface Expanded {
  readonly plan: Plan
  /** Why values of a host could not be read; the steps stay as they are. */
  readonly failures: readonly CoxswainError[]
}

/** The host of a play where nothing has run. */
const nothingRan = (scope: RunScope, host: string, play: number, signal: AbortSignal): PlayHost => ({
  scope,
  host,
  play,
  signal,
  stopping: signal,
  checkMode: true,
  emit: () => {},
  nextId: () => 0,
  outcomeOf: () => undefined,
  unfinished: () => false,
  onMade: () => {},
  confirm: undefined,
  batch: 0,
  givenUp: () => false,
  pace: freePace,
  once: new OncePer(),
  throttles: new Throttles(),
})

/** What the values of a step give, before anything has run. */
type Reading = (given: PlannedGiven) => Promise<MadeSteps | { readonly unknown: string } | undefined>

/** How the steps of a host are expanded. */
interface Expansion {
  readonly read: Reading
  /** Called with each task that is not made at its turn, in order. */
  readonly pass: (planned: PlannedTask) => void
}

/** Replaces steps with values by what they make, where the values can be read. */
const expandSteps = async (steps: readonly PlannedStep[], expansion: Expansion): Promise<PlannedStep[]> => {
  const expand = (list: readonly PlannedStep[]): Promise<PlannedStep[]> => expandSteps(list, expansion)
  const one = async (step: PlannedStep): Promise<PlannedStep[]> => {
    switch (step.kind) {
      case 'given': {
        const made = await expansion.read(step)
        if (made instanceof MadeSteps) return expand(step.narrow(made.steps))
        return [{ ...step, ...made }]
      }
      case 'block': {
        const [own, rescue, always] = [
          await expand(step.steps),
          await expand(step.rescue),
          await expand(step.always),
        ]
        return [{ ...step, steps: own, rescue, always }]
      }
      case 'parallel':
      case 'background':
        return [{ ...step, steps: await expand(step.steps) }]
      case 'task':
        expansion.pass(step)
        return [step]
      case 'join':
      case 'flush':
        return [step]
    }
  }
  const all: PlannedStep[] = []
  for (const step of steps) all.push(...(await one(step)))
  return all
}

const canChange = ({ task, makesTasks }: PlannedTask): boolean => makesTasks === true || changesHosts(task)

/** Whether a task of an earlier play can change a host. */
const changesBefore = ({ plays }: Plan, play: number, host: string): boolean =>
  plays.slice(0, play).some(({ candidates }) => {
    const { steps = [], handlers = [] } = candidates.get(host) ?? {}
    return [...tasksOf(steps, 'all'), ...handlers].some(canChange)
  })

/**
 * Connects to the hosts of a plan, reads the values that steps wait for, and returns the plan with the tasks that are made from them. Values
 * of tasks that act stay unknown. It changes nothing.
 */
export const expandPlan = async (
  plan: Plan,
  fleet: Fleet,
  { signal, redactor, forks, onMade }: ExpandOptions,
): Promise<Expanded> => {
  const scope = new RunScope(fleet, { redactor })
  const failures = new Map<string, CoxswainError>()
  const expanded = plan.plays.map(() => new Map<string, HostPlan>())
  const hosts = plan.plays.flatMap(({ candidates }, play) =>
    [...candidates].map(([host, planned]) => ({ play, host, planned })),
  )
  try {
    await pool(hosts, forks, async ({ play, host, planned: own }) => {
      const run = nothingRan(scope, host, play, signal)
      const handlers = new Map(own.handlers.map((handler) => [handler.handler, handler]))
      let changesFirst = changesBefore(plan, play, host)
      const pass = (planned: PlannedTask): void => {
        changesFirst ||= canChange(planned)
      }
      const read: Reading = async (given) => {
        const { about } = given
        try {
          const look = await lookEarly(run, about)
          const made = look?.kind === 'ok' && look.value instanceof MadeSteps ? look.value : undefined
          if (made === undefined) pass(about)
          else onMade({ play, host }, given, made)
          for (const handler of made?.roleHandlers ?? []) handlers.set(handler.handler, handler)
          return made
        } catch (error) {
          if (!(error instanceof CoxswainError) || error.code === 'interrupted') throw error
          // an earlier task can make what is read
          if (changesFirst && isExcusable(error.code)) return { unknown: redactor.text(error.message) }
          failures.set(host, failures.get(host) ?? error.at({ host, task: about.task.title }))
          return undefined
        }
      }
      const steps = await expandSteps(own.steps, { read, pass })
      expanded[play]?.set(host, { ...own, steps, handlers: [...handlers.values()] })
    })
  } finally {
    await scope.close()
  }
  // in the order of the plan, not of the answers
  const plays = plan.plays.map((one, play) => ({
    ...one,
    candidates: new Map(
      [...one.candidates].map(([host, planned]) => [host, expanded[play]?.get(host) ?? planned]),
    ),
  }))
  return { plan: { ...plan, plays }, failures: [...failures.values()] }
}
