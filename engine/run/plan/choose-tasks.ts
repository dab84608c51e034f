/** Plans with fewer tasks. Pure. */
import type { HostPlan, Plan, PlannedPlay } from './plan.ts'
import { tasksOf } from './planned-steps.ts'
import type { PlannedStep, PlannedTask } from './planned-steps.ts'

/** A task of a plan, with where it is. */
export interface Where {
  /** Index of the play. */
  readonly play: number
  readonly host: string
}

/** What is kept of a plan. */
export interface Choice {
  readonly task: (task: PlannedTask, where: Where) => boolean
  /** Whether a host of which no task is left stays in the play all the same; it does not unless told. */
  readonly host?: (where: Where) => boolean
  /** Whether `rescue` and `always` of a block stay whole as long as something of the block is left. */
  readonly whole?: boolean
}

/** Whether a task is to be kept. */
type Keep = (task: PlannedTask) => boolean

const pruneBlock = (
  step: Extract<PlannedStep, { kind: 'block' }>,
  keep: Keep,
  whole: boolean,
): PlannedStep[] => {
  const steps = prune(step.steps, keep, whole)
  const together = whole && steps.length > 0
  const part = (list: readonly PlannedStep[]): readonly PlannedStep[] =>
    together ? list : prune(list, keep, whole)
  const rescue = part(step.rescue)
  const always = part(step.always)
  const pruned = { ...step, steps, rescue, always }
  // a flush alone is nothing that was chosen, unless it was alone to begin with
  const bare = tasksOf([pruned], 'success-path').length === 0 && tasksOf([step], 'success-path').length > 0
  return bare ? [] : [pruned]
}

/**
 * Steps without the tasks that are not kept, and without what is empty then.
 *
 * @param whole keeps `rescue` and `always` of a block whole as long as something of the block itself is left.
 */
const prune = (steps: readonly PlannedStep[], keep: Keep, whole: boolean): PlannedStep[] =>
  steps.flatMap((step): PlannedStep[] => {
    switch (step.kind) {
      case 'task':
        return keep(step) ? [step] : []
      case 'block':
        return pruneBlock(step, keep, whole)
      case 'parallel':
      case 'background': {
        const left = prune(step.steps, keep, whole)
        return left.length === 0 ? [] : [{ ...step, steps: left }]
      }
      case 'join':
      case 'flush':
        return [step]
    }
  })

const choosePlay = (play: PlannedPlay, index: number, { task, host, whole = false }: Choice): PlannedPlay => {
  const candidates = new Map<string, HostPlan>()
  for (const [name, plan] of play.candidates) {
    const where = { play: index, host: name }
    const steps = prune(plan.steps, (one) => task(one, where), whole)
    const left = tasksOf(steps, 'all').length
    // one that had no task to begin with is not left out
    const same = left === tasksOf(plan.steps, 'all').length
    if (left > 0 || same || host?.(where) === true) candidates.set(name, { ...plan, steps })
  }
  return { ...play, candidates, leftOut: candidates.size === 0 && play.candidates.size > 0 }
}

/** The plan without what is not chosen. Hosts and plays of which nothing is left are left out. */
export const chooseTasks = (plan: Plan, choice: Choice): Plan => {
  const plays = plan.plays.map((play, index) => choosePlay(play, index, choice))
  const touched = new Set(plays.flatMap(({ candidates }) => [...candidates.keys()]))
  return { ...plan, plays, hosts: plan.hosts.filter((host) => touched.has(host)) }
}

/** Every task of a plan with where it is; the `success-path` ones are those that run when all goes well. */
export const everyTask = (
  plan: Plan,
  which: 'all' | 'success-path' = 'all',
): (Where & { readonly planned: PlannedTask })[] =>
  plan.plays.flatMap(({ candidates }, play) =>
    [...candidates].flatMap(([host, { steps }]) =>
      tasksOf(steps, which).map((planned) => ({ play, host, planned })),
    ),
  )
