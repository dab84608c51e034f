/** Adds the steps that were made from values on a host. */
import type { Outcome } from '../../dsl/outcome.ts'
import type { Task } from '../../dsl/types.ts'
import { now } from '../clock.ts'
import { nothingEarlier } from '../plan/plan.ts'
import type { EarlierRun } from '../plan/plan.ts'
import { tasksOf } from '../plan/planned-steps.ts'
import type { MadeSteps, PlannedGiven, PlannedStep } from '../plan/planned-steps.ts'
import type { HostHandlers } from './host-handlers.ts'
import type { LookAhead } from './look-ahead.ts'
import type { PlayHost } from './play-host.ts'

/** What is known of tasks of the play on a host; it grows with the play. */
export interface Known {
  readonly outcomes: Map<Task, Outcome>
  readonly unfinished: Set<Task>
}

/** A host in a play, for the steps that are added. */
export interface Adding {
  readonly run: PlayHost
  readonly known: Known
  readonly handlers: HostHandlers
  readonly ahead: LookAhead
  /** The run that this one resumes. */
  readonly resumes: EarlierRun | undefined
}

/** Adds what a step with values has made: handlers, earlier outcomes, checks ahead. Returns the steps of it that the run takes. */
export const addMade = (
  { run, known, handlers, ahead, resumes }: Adding,
  given: PlannedGiven,
  made: MadeSteps,
): readonly PlannedStep[] => {
  const { scope, host, play, onMade, emit } = run
  handlers.add(made.roleHandlers)
  const tasks = tasksOf(made.steps, 'all')
  for (const { task } of [...tasks, ...made.roleHandlers]) scope.redactor.learn(task.params)
  onMade({ play, host }, given, made)
  const { past, unfinished } = resumes?.earlier(tasks) ?? nothingEarlier
  for (const [task, outcome] of past) known.outcomes.set(task, outcome)
  for (const task of unfinished) known.unfinished.add(task)
  const steps = given.narrow(made.steps)
  const successPath = tasksOf(steps, 'success-path')
  ahead.insert(given.about, successPath)
  if (successPath.length > 0)
    emit({ type: 'tasks-added', time: now(), play, host, tasks: successPath.length })
  return steps
}
