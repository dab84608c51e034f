/** Resumes an earlier run: the plan without tasks that are done. Pure. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Task } from '../../dsl/types.ts'
import { sourceOf } from '../../dsl/value-source.ts'
import { chooseTasks } from '../plan/choose-tasks.ts'
import type { Where } from '../plan/choose-tasks.ts'
import type { EarlierResults, EarlierRun, Plan } from '../plan/plan.ts'
import { givensOf, tasksOf } from '../plan/planned-steps.ts'
import type { PlannedStep, PlannedTask } from '../plan/planned-steps.ts'
import type { Past, PastPlace } from './past.ts'
import { whyChanged } from './signature.ts'
import type { Signature } from './signature.ts'

const done = new Set<Ended>(['ok', 'changed', 'skipped', 'ignored'])

/** How a task ended; `altered` if it ended but has changed since, undefined if it did not end. */
type Ended = Outcome | 'altered' | undefined
type EndOf = (task: PlannedTask) => Ended

/** Why a task runs. */
const whyLeft = (ended: Ended): string => {
  switch (ended) {
    case undefined:
      return 'not run before'
    case 'rescued':
      return 'failed before, and was not fully rescued'
    case 'unreachable':
      return 'the host was unreachable'
    default:
      return done.has(ended) ? 'its block is not complete' : `${ended} before`
  }
}

const positions = (steps: readonly PlannedStep[]): number[] =>
  tasksOf(steps, 'all').map(({ position }) => position)

/** Positions of the tasks that do not need to run again. */
const finished = (steps: readonly PlannedStep[], endOf: EndOf): Set<number> => {
  /** Whether all tasks of a list on the success path are done. */
  const through = (list: readonly PlannedStep[], over: ReadonlySet<number>): boolean =>
    tasksOf(list, 'success-path').every(({ position }) => over.has(position))
  const one = (step: PlannedStep): Iterable<number> => {
    switch (step.kind) {
      case 'task':
        return done.has(endOf(step)) ? [step.position] : []
      case 'parallel':
      case 'background':
        return finished(step.steps, endOf)
      case 'block': {
        const own = finished(step.steps, endOf)
        const always = finished(step.always, endOf)
        // tasks that a rescue has repaired or skipped do not run again
        const ends = new Set(tasksOf(step.steps, 'all').map(endOf))
        const repaired =
          step.rescue.length > 0 &&
          ends.has('rescued') &&
          !ends.has('altered') &&
          through(step.rescue, finished(step.rescue, endOf))
        const over = repaired || through(step.steps, own)
        return over ? [...positions(step.steps), ...positions(step.rescue), ...always] : own
      }
      // its values are read again, and its tasks compared when they are made
      case 'given':
      case 'join':
      case 'flush':
        return []
    }
  }
  return new Set(steps.flatMap((step) => [...one(step)]))
}

/** A task that had succeeded and runs again because it may have changed. */
export interface Again {
  readonly host: string
  readonly title: string
  readonly why: string
}

/** Returns the current signature of a task of the plan. */
export type SignatureOf = (where: PastPlace, task: PlannedTask) => Signature | undefined

/** Whether a task is skipped on a host, and why. */
export interface ResumeDecision {
  readonly skips: boolean
  readonly why: string
}

/** The rest of a run. */
export interface Resumed {
  readonly plan: Plan
  /** The decision for a task of the complete plan on a host. */
  readonly standing: (where: Where, task: PlannedTask) => ResumeDecision
  readonly again: readonly Again[]
  /** Whether a play that has started has tasks without a result: they are new, or were not selected. */
  readonly added: boolean
}

/**
 * Returns the plan without the tasks that succeeded on a host in earlier runs with the same definition, parameters
 * and variables. Tasks that do not match (another playbook, another order) run. The remaining tasks see the outcomes
 * of earlier ones.
 *
 * @param due handlers that are due; their host stays in the play even without remaining tasks.
 */
export const resumed = (
  plan: Plan,
  past: Past,
  due: (play: number, host: string) => readonly string[],
  signatureOf: SignatureOf,
): Resumed => {
  const again: Again[] = []
  const reasons = new Map<string, string>()
  const reasonKey = (play: number, host: string, position: number): string =>
    JSON.stringify([play, host, position])
  const endIn = (where: PastPlace): EndOf => {
    const known = new Map<number, Ended>()
    const compare = (planned: PlannedTask): Ended => {
      const before = past.task(where, planned)
      if (before === undefined) return undefined
      const why = whyChanged(before.signature, signatureOf(where, planned))
      if (why === undefined) return before.outcome
      if (!done.has(before.outcome)) return 'altered'
      again.push({ host: where.host, title: planned.task.title, why })
      reasons.set(reasonKey(where.play, where.host, planned.position), why)
      return 'altered'
    }
    return (planned) => {
      const { position } = planned
      if (!known.has(position)) known.set(position, compare(planned))
      return known.get(position)
    }
  }
  /** Positions of the tasks that are not needed again, for their own sake or for their values. */
  const overIn = (where: PastPlace, steps: readonly PlannedStep[]): ReadonlySet<number> => {
    const over = finished(steps, endIn(where))
    const sources = new Set(
      givensOf(steps).flatMap(({ sources: of }) => Object.values(of).map((source) => sourceOf(source).task)),
    )
    for (const { task, position } of tasksOf(steps, 'all')) {
      if (!sources.has(task) || !over.delete(position)) continue
      reasons.set(reasonKey(where.play, where.host, position), 'later steps use its value')
    }
    return over
  }
  const over = plan.plays.map(
    ({ name, candidates }, play) =>
      new Map([...candidates].map(([host, { steps }]) => [host, overIn({ play, name, host }, steps)])),
  )
  const chosen = chooseTasks(plan, {
    task: ({ position }, { play, host }) => over[play]?.get(host)?.has(position) !== true,
    made: (steps, { play, host }) => {
      const completed = overIn({ play, name: plan.plays[play]?.name ?? '', host }, steps)
      return ({ position }) => !completed.has(position)
    },
    host: ({ play, host }) => due(play, host).length > 0,
    keepParts: true,
  })
  const added = plan.plays.some(({ name, candidates }, play) =>
    [...candidates].some(([host, { steps }]) => {
      const ends = tasksOf(steps, 'success-path').map((planned) => ({
        over: over[play]?.get(host)?.has(planned.position) === true,
        known: past.task({ play, name, host }, planned) !== undefined,
      }))
      return ends.some(({ known }) => known) && ends.some((end) => !end.over && !end.known)
    }),
  )
  const resultsOf = (where: PastPlace, tasks: readonly PlannedTask[]): EarlierResults => ({
    past: new Map(
      tasks.flatMap((planned): [Task, Outcome][] => {
        const known = past.task(where, planned)
        return known === undefined ? [] : [[planned.task, known.outcome]]
      }),
    ),
    unfinished: new Set(tasks.filter((planned) => past.unfinished(where, planned)).map(({ task }) => task)),
  })
  const earlierRun = (where: PastPlace): EarlierRun => ({
    // of the complete plan: also of the tasks that are left out
    ...resultsOf(where, tasksOf(plan.plays[where.play]?.candidates.get(where.host)?.steps ?? [], 'all')),
    earlier: (made) => resultsOf(where, made),
  })
  const kept = new Map(
    chosen.plays.flatMap(({ candidates }, play) =>
      [...candidates].map(([host, { steps }]) => [JSON.stringify([play, host]), new Set(positions(steps))]),
    ),
  )
  const standing = ({ play, host }: Where, planned: PlannedTask): ResumeDecision => {
    const { position } = planned
    const before = past.task({ play, name: plan.plays[play]?.name ?? '', host }, planned)?.outcome
    const skips = kept.get(JSON.stringify([play, host]))?.has(position) !== true
    if (planned.makesTasks === true) return { skips, why: 'its values are read again' }
    if (!skips) return { skips, why: reasons.get(reasonKey(play, host, position)) ?? whyLeft(before) }
    return { skips, why: done.has(before) ? `${before} before` : 'its block is complete' }
  }
  return {
    again,
    added,
    standing,
    plan: {
      ...chosen,
      plays: chosen.plays.map((play, index) => ({
        ...play,
        candidates: new Map(
          [...play.candidates].map(([host, planned]) => [
            host,
            { ...planned, resumes: earlierRun({ play: index, name: play.name, host }) },
          ]),
        ),
      })),
    },
  }
}
