/** Plans with fewer tasks. Pure. */
import type { HostPlan, Plan, PlannedPlay } from './plan.ts'
import { givensOf, tasksOf } from './planned-steps.ts'
import { canChange } from './read-only.ts'
import type { PlannedStep, PlannedTask } from './planned-steps.ts'

/** The play and host of a task. */
export interface Where {
  /** Index of the play. */
  readonly play: number
  readonly host: string
}

/** Which tasks and hosts of a plan are kept. */
export interface Choice {
  readonly task: (task: PlannedTask, where: Where) => boolean
  /** Whether a host without remaining tasks stays in the play; by default it does not. */
  readonly host?: (where: Where) => boolean
  /** Whether `rescue` and `always` of a block stay complete if a step of the block remains. */
  readonly keepParts?: boolean
  /** Whether a step that makes tasks at its turn is kept; by default, as `task` says of the fact that reads its values. */
  readonly given?: (about: PlannedTask, where: Where) => boolean
  /** Which of the made tasks are kept; by default, as `task` says. */
  readonly made?: (
    steps: readonly PlannedStep[],
    where: Where,
  ) => ((task: PlannedTask) => boolean) | undefined
}

/** What is kept on a host. */
interface Kept {
  readonly task: (task: PlannedTask) => boolean
  readonly given: (about: PlannedTask) => boolean
  readonly made: (steps: readonly PlannedStep[]) => (task: PlannedTask) => boolean
  readonly parts: boolean
}

const pruneBlock = (step: Extract<PlannedStep, { kind: 'block' }>, kept: Kept): PlannedStep[] => {
  const steps = prune(step.steps, kept)
  const together = kept.parts && steps.length > 0
  const part = (list: readonly PlannedStep[]): readonly PlannedStep[] => (together ? list : prune(list, kept))
  const rescue = part(step.rescue)
  const always = part(step.always)
  const pruned = { ...step, steps, rescue, always }
  // a block with only a flush remaining is removed, unless it had no tasks before
  const bare = tasksOf([pruned], 'success-path').length === 0 && tasksOf([step], 'success-path').length > 0
  return bare ? [] : [pruned]
}

/** Removes tasks that are not kept, and steps that are empty then. */
const prune = (steps: readonly PlannedStep[], kept: Kept): PlannedStep[] =>
  steps.flatMap((step): PlannedStep[] => {
    switch (step.kind) {
      case 'task':
        return kept.task(step) ? [step] : []
      case 'block':
        return pruneBlock(step, kept)
      case 'parallel':
      case 'background': {
        const left = prune(step.steps, kept)
        return left.length === 0 ? [] : [{ ...step, steps: left }]
      }
      case 'given': {
        if (!kept.given(step.about)) return []
        const narrow = (made: readonly PlannedStep[]): readonly PlannedStep[] => {
          const left = step.narrow(made)
          return prune(left, { ...kept, task: kept.made(left) })
        }
        return [{ ...step, narrow }]
      }
      case 'join':
      case 'flush':
        return [step]
    }
  })

const choosePlay = (
  play: PlannedPlay,
  index: number,
  { task, host, keepParts = false, given = task, made = () => undefined }: Choice,
): PlannedPlay => {
  const candidates = new Map<string, HostPlan>()
  for (const [name, plan] of play.candidates) {
    const where = { play: index, host: name }
    const keep = (one: PlannedTask): boolean => task(one, where)
    const steps = prune(plan.steps, {
      task: keep,
      given: (about) => given(about, where),
      made: (inside) => made(inside, where) ?? keep,
      parts: keepParts,
    })
    const left = tasksOf(steps, 'all').length
    // a host that had no tasks before stays
    const same = left === tasksOf(plan.steps, 'all').length
    if (left > 0 || same || host?.(where) === true) candidates.set(name, { ...plan, steps })
  }
  return { ...play, candidates, leftOut: candidates.size === 0 && play.candidates.size > 0 }
}

/** Returns the plan with only the chosen tasks. Hosts and plays without remaining tasks are left out. */
export const chooseTasks = (plan: Plan, choice: Choice): Plan => {
  const plays = plan.plays.map((play, index) => choosePlay(play, index, choice))
  const touched = new Set(plays.flatMap(({ candidates }) => [...candidates.keys()]))
  return { ...plan, plays, hosts: plan.hosts.filter((host) => touched.has(host)) }
}

/** Every task of a plan with its play and host; those on the `success-path` run if nothing fails. */
export const everyTask = (
  plan: Plan,
  which: 'all' | 'success-path' = 'all',
): (Where & { readonly planned: PlannedTask })[] =>
  plan.plays.flatMap(({ candidates }, play) =>
    [...candidates].flatMap(([host, { steps }]) =>
      tasksOf(steps, which).map((planned) => ({ play, host, planned })),
    ),
  )

/** Whether a plan has steps whose tasks are made at their turn. */
export const hasGivens = ({ plays }: Plan): boolean =>
  plays.some(({ candidates }) => [...candidates.values()].some(({ steps }) => givensOf(steps).length > 0))

/** Whether a run of a plan can change hosts: it has tasks that do, or makes tasks that could. */
export const canChangeHosts = ({ plays }: Plan): boolean =>
  plays.some(
    ({ settings, candidates }) =>
      !settings.readOnly &&
      [...candidates.values()].some(
        ({ steps, handlers }) =>
          handlers.length > 0 ||
          givensOf(steps).length > 0 ||
          tasksOf(steps, 'all').some(({ task }) => canChange(task)),
      ),
  )
