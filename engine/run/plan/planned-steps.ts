/** The planned steps of a play for one host: numbered, and with the settings of each task. Pure. */
import { z } from 'zod'
import { listed } from '../../dsl/options.ts'
import type { Selector, StepOptions, Task } from '../../dsl/types.ts'
import type { Become } from '../../dsl/play.ts'
import { knownStep } from '../../dsl/step.ts'
import type { Background, Step } from '../../dsl/step.ts'
import { defineTask } from '../../dsl/task.ts'
import { ok } from '../../dsl/verdict.ts'
import { CoxswainError } from '../../errors.ts'
import type { Role } from '../events.ts'

/** The settings of a task: its own, or inherited from blocks and the play. */
export interface Settings {
  readonly become: Become | undefined
  readonly on: Selector | undefined
  readonly env: Readonly<Record<string, string>> | undefined
  readonly cwd: string | undefined
  readonly ignoreErrors: boolean
  readonly oncePer: StepOptions['oncePer']
  /** Whether it has a condition, its own or an inherited one. */
  readonly conditional: boolean
  readonly tags: readonly string[]
  /**
   * For each `never` that applies, the tags next to it: one of them must be given. Inherited tags do not count;
   * otherwise the tag of a play would run tasks that must only run when named.
   */
  readonly locks: readonly (readonly string[])[]
}

/** The default settings. */
export const usualSettings: Settings = {
  become: undefined,
  on: undefined,
  env: undefined,
  cwd: undefined,
  ignoreErrors: false,
  oncePer: undefined,
  conditional: false,
  tags: [],
  locks: [],
}

/** A task with its position and settings. */
export interface PlannedTask {
  readonly kind: 'task'
  readonly task: Task
  /** Position in the host's flat list, from 0. It stays the same when other tasks are left out. */
  readonly position: number
  /** The number of earlier tasks with the same name and title in the host's list. */
  readonly twin: number
  readonly role: Role
  /** The name by which it is notified, if it is a handler. */
  readonly handler: string | undefined
  readonly settings: Settings
  /** The handlers that it notifies, topics resolved. */
  readonly notifies: readonly string[]
}

/** A condition of several steps, evaluated once. */
export interface Condition {
  readonly when: NonNullable<StepOptions['when']>
  /** The task to report if it fails: the first one of the steps, with the settings of the condition. */
  readonly about: PlannedTask
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
  | { readonly kind: 'background'; readonly started: Background; readonly steps: readonly PlannedStep[] }
  | { readonly kind: 'join'; readonly started: Background }
  | {
      readonly kind: 'flush'
      /** Between the positions of the tasks before and after it. */
      readonly position: number
    }

/** The options of a step or play for its tasks. */
type Said = { readonly [Key in keyof StepOptions]?: StepOptions[Key] | undefined }

/** Merges the options of a step into the settings around it. */
export const within = (around: Settings, options: Said): Settings => {
  const { become, on, env, cwd, ignoreErrors, oncePer } = options
  const own = listed(options.tags)
  return {
    become: become ?? around.become,
    on: on ?? around.on,
    env: env === undefined ? around.env : { ...around.env, ...env },
    cwd: cwd ?? around.cwd,
    ignoreErrors: ignoreErrors ?? around.ignoreErrors,
    oncePer: oncePer ?? around.oncePer,
    conditional: around.conditional || options.when !== undefined,
    tags: own.length === 0 ? around.tags : [...new Set([...around.tags, ...own])],
    locks: own.includes('never') ? [...around.locks, own] : around.locks,
  }
}

/** The context for unfolding steps. */
export interface Unfolding {
  readonly play: string
  readonly settings: Settings
  /** Names of the handlers that a task notifies, topics resolved; throws for a name that does not exist. */
  readonly notifies: (task: Task) => readonly string[]
}

/** A placeholder for steps without a task, such as a single flush. */
const noTask = defineTask({
  name: 'condition',
  description: 'Represents the condition of a block without tasks.',
  params: z.object({}),
  title: () => 'condition of a block',
  check: () => ok(),
})({})

/**
 * Plans the steps of a play. Tasks are numbered in order: those of a block, of its rescue, of its always.
 *
 * @throws `playbook-invalid` for a background step that is used twice, or a join of one that was not started.
 */
export const unfold = (steps: readonly Step[], { play, settings, notifies }: Unfolding): PlannedStep[] => {
  const begun = new Set<Background>()
  const seen = new Map<string, number>()
  let position = 0
  const invalid = (message: string, hint: string): CoxswainError =>
    new CoxswainError('playbook-invalid', `play "${play}": ${message}`, { hint })

  const start = (started: Background): void => {
    if (begun.has(started))
      throw invalid('the same background step is used twice', 'create one for each use: background(…)')
    begun.add(started)
  }

  const twinOf = ({ name, title }: Task): number => {
    const key = JSON.stringify([name, title])
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return before
  }

  const conditionOf = (
    { when }: StepOptions,
    own: readonly PlannedStep[],
    outer: { readonly settings: Settings; readonly role: Role },
  ): Condition | undefined => {
    const [first] = tasksOf(own, 'success-path')
    const placeholder = {
      kind: 'task',
      task: noTask,
      position,
      twin: 0,
      handler: undefined,
      notifies: [],
    } as const
    return when && { when, about: { ...(first ?? placeholder), ...outer } }
  }

  const one = (item: Step, around: Settings, role: Role): PlannedStep => {
    const known = knownStep(item)
    switch (known.kind) {
      case 'task': {
        const { step: task } = known
        const planned: PlannedTask = {
          kind: 'task',
          task,
          position,
          twin: twinOf(task),
          role,
          handler: undefined,
          settings: within(around, task.options),
          notifies: notifies(task),
        }
        position += 1
        return planned
      }
      case 'block': {
        const { options, steps: own, rescue, always } = known.step
        const inner = within(around, options)
        const parts = {
          steps: all(own, inner, role),
          rescue: all(rescue, inner, 'rescue'),
          always: all(always, inner, 'always'),
        }
        const condition = conditionOf(options, parts.steps, { settings: inner, role })
        return { kind: 'block', condition, ...parts }
      }
      case 'parallel': {
        const inner = within(around, known.step.options)
        const parts = all(known.step.steps, inner, role)
        const condition = conditionOf(known.step.options, parts, { settings: inner, role })
        return { kind: 'parallel', condition, steps: parts }
      }
      case 'background':
        start(known.step)
        return { kind: 'background', started: known.step, steps: all([known.step.step], around, role) }
      case 'join': {
        const { background: started } = known.step
        if (!begun.has(started))
          throw invalid(
            'join(…) of a background step that was not started',
            'put the background step before the join',
          )
        return { kind: 'join', started }
      }
      case 'flush':
        return { kind: 'flush', position: position - 0.5 }
    }
  }

  const all = (items: readonly Step[], around: Settings, role: Role): PlannedStep[] =>
    items.map((item) => one(item, around, role))

  return all(steps, settings, 'task')
}

/** The tasks of steps in the order of their positions. The `success-path` excludes those of a `rescue`. */
export const tasksOf = (steps: readonly PlannedStep[], which: 'all' | 'success-path'): PlannedTask[] =>
  steps.flatMap((step) => {
    switch (step.kind) {
      case 'task':
        return [step]
      case 'block':
        return [
          ...tasksOf(step.steps, which),
          ...(which === 'all' ? tasksOf(step.rescue, which) : []),
          ...tasksOf(step.always, which),
        ]
      case 'parallel':
      case 'background':
        return tasksOf(step.steps, which)
      case 'join':
      case 'flush':
        return []
    }
  })
