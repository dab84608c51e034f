/** The planned steps of a play for one host: numbered, and with the settings of each task. Pure. */
import type { Background } from '../../dsl/step.ts'
import type { StepOptions, Task } from '../../dsl/types.ts'
import type { Sources } from '../../dsl/value-source.ts'
import type { Role } from '../events.ts'
import type { Settings } from './settings.ts'

/** A task with its position and settings. */
export interface PlannedTask {
  readonly kind: 'task'
  readonly task: Task
  /**
   * Position in the host's flat list, from 0. It stays the same when other tasks are left out. Tasks made by a step whose values are
   * known at its turn lie between the position of that step and the next: they are not integers.
   */
  readonly position: number
  /**
   * Tells apart tasks of the same name and title in the host's list: the number of earlier ones. Those made by a step with values begin
   * with the twin of that step.
   */
  readonly twin: string
  readonly role: Role
  /** The name by which it is notified, if it is a handler. */
  readonly handler: string | undefined
  readonly settings: Settings
  /** The handlers that it notifies, topics resolved. */
  readonly notifies: readonly string[]
  /** Whether it is the fact of a step with values, which makes further tasks. */
  readonly makesTasks?: true
  /**
   * Whether later steps use its value. What a guard of such a task looks at, such as `creates`, can be made by those steps: it is not
   * checked right after the task.
   */
  readonly isSource?: true
  /** Whether it must not be checked before its turn. */
  readonly atTurnOnly?: true
}

/** A condition of several steps, evaluated once. */
export interface Condition {
  readonly when: NonNullable<StepOptions['when']>
  /** The task to report if it fails: the first one of the steps, with the settings of the condition. */
  readonly about: PlannedTask
}

/** Steps that are made when their values are known. */
export interface PlannedGiven {
  readonly kind: 'given'
  /** The fact that reads the values and makes the steps: its value is {@link MadeSteps}. */
  readonly about: PlannedTask
  readonly sources: Sources
  /** Why its values are not known yet, if they were looked for before the run. */
  readonly unknown?: string
  /** Leaves out those of the made steps that the run does not take. */
  readonly narrow: (steps: readonly PlannedStep[]) => readonly PlannedStep[]
}

/** What a step with values made on a host. */
export class MadeSteps {
  /** Its values by name. */
  readonly values: Readonly<Record<string, unknown>>
  readonly steps: readonly PlannedStep[]
  /** The handlers of the roles among the steps. */
  readonly roleHandlers: readonly PlannedTask[]

  constructor(
    values: Readonly<Record<string, unknown>>,
    steps: readonly PlannedStep[],
    roleHandlers: readonly PlannedTask[],
  ) {
    this.values = values
    this.steps = steps
    this.roleHandlers = roleHandlers
  }
}

export type PlannedStep =
  | PlannedTask
  | {
      readonly kind: 'block'
      readonly condition: Condition | undefined
      readonly steps: readonly PlannedStep[]
      readonly rescue: readonly PlannedStep[]
      readonly always: readonly PlannedStep[]
    }
  | {
      readonly kind: 'parallel'
      readonly condition: Condition | undefined
      readonly steps: readonly PlannedStep[]
    }
  | PlannedGiven
  | { readonly kind: 'background'; readonly started: Background; readonly steps: readonly PlannedStep[] }
  | { readonly kind: 'join'; readonly started: Background }
  | {
      readonly kind: 'flush'
      /** Between the positions of the tasks before and after it. */
      readonly position: number
    }

/**
 * The tasks of steps in the order of their positions. The `success-path` excludes those of a `rescue`. Steps with values count as the
 * fact that reads them.
 */
export const tasksOf = (steps: readonly PlannedStep[], which: 'all' | 'success-path'): PlannedTask[] => {
  const tasks: PlannedTask[] = []
  // into one list: it is called several times for each host
  const visit = (list: readonly PlannedStep[]): void => {
    for (const step of list)
      switch (step.kind) {
        case 'task':
          tasks.push(step)
          break
        case 'block':
          visit(step.steps)
          if (which === 'all') visit(step.rescue)
          visit(step.always)
          break
        case 'parallel':
        case 'background':
          visit(step.steps)
          break
        case 'given':
          tasks.push(step.about)
          break
        case 'join':
        case 'flush':
          break
      }
  }
  visit(steps)
  return tasks
}

/** The steps whose tasks are made at their turn. */
export const givensOf = (steps: readonly PlannedStep[]): PlannedGiven[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'given':
        return [step]
      case 'block':
        return givensOf([...step.steps, ...step.rescue, ...step.always])
      case 'parallel':
      case 'background':
        return givensOf(step.steps)
      default:
        return []
    }
  })
