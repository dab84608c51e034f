/** Going on where an earlier run has left off: a plan without what is done already. Pure. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Task } from '../../dsl/task.ts'
import { chooseTasks } from '../plan/choose-tasks.ts'
import type { Plan } from '../plan/plan.ts'
import { tasksOf } from '../plan/planned-steps.ts'
import type { PlannedStep, PlannedTask } from '../plan/planned-steps.ts'
import type { Past } from './past.ts'

const done = new Set<Outcome | undefined>(['ok', 'changed', 'skipped', 'ignored'])

type OutcomeOf = (task: PlannedTask) => Outcome | undefined

const positions = (steps: readonly PlannedStep[]): number[] =>
  tasksOf(steps, 'all').map(({ position }) => position)

/** Positions of the tasks that need not run again. */
const finished = (steps: readonly PlannedStep[], outcomeOf: OutcomeOf): Set<number> => {
  /** Whether all of a list is done that runs when all goes well. */
  const through = (list: readonly PlannedStep[], over: ReadonlySet<number>): boolean =>
    tasksOf(list, 'smooth').every(({ position }) => over.has(position))
  const one = (step: PlannedStep): Iterable<number> => {
    switch (step.kind) {
      case 'task':
        return done.has(outcomeOf(step)) ? [step.position] : []
      case 'parallel':
      case 'background':
        return finished(step.steps, outcomeOf)
      case 'block': {
        const own = finished(step.steps, outcomeOf)
        const always = finished(step.always, outcomeOf)
        // what a rescue has mended is not tried again, nor what it has passed over
        const mended =
          step.rescue.length > 0 &&
          tasksOf(step.steps, 'all').some((task) => outcomeOf(task) === 'rescued') &&
          through(step.rescue, finished(step.rescue, outcomeOf))
        const over = mended || through(step.steps, own)
        return over ? [...positions(step.steps), ...positions(step.rescue), ...always] : own
      }
      case 'join':
      case 'flush':
        return []
    }
  }
  return new Set(steps.flatMap((step) => [...one(step)]))
}

/**
 * The plan without the tasks that ended well on a host in earlier runs. What does not match them (another playbook, another
 * order) runs. Tasks that are left see how those before them ended.
 *
 * @param due handlers that are due; their host stays in the play, though no task of it is left.
 */
export const resumed = (
  plan: Plan,
  past: Past,
  due: (play: number, host: string) => readonly string[],
): Plan => {
  const over = plan.plays.map(
    ({ name, candidates }, play) =>
      new Map(
        [...candidates].map(([host, { steps }]) => {
          const where = { play, name, host }
          const all = past.through(where)
            ? new Set(positions(steps))
            : finished(steps, (task) => past.outcome(where, task))
          return [host, all]
        }),
      ),
  )
  const chosen = chooseTasks(plan, {
    task: ({ position }, { play, host }) => over[play]?.get(host)?.has(position) !== true,
    host: ({ play, host }) => due(play, host).length > 0,
    whole: true,
  })
  const outcomes = (play: number, name: string, host: string): ReadonlyMap<Task, Outcome> => {
    const before = plan.plays[play]?.candidates.get(host)?.steps ?? []
    return new Map(
      tasksOf(before, 'all').flatMap((planned): [Task, Outcome][] => {
        const outcome = past.outcome({ play, name, host }, planned)
        return outcome === undefined ? [] : [[planned.task, outcome]]
      }),
    )
  }
  return {
    ...chosen,
    plays: chosen.plays.map((play, index) => ({
      ...play,
      candidates: new Map(
        [...play.candidates].map(([host, planned]) => [
          host,
          { ...planned, past: outcomes(index, play.name, host) },
        ]),
      ),
    })),
  }
}
