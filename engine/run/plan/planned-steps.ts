/** A play's list of steps for one host, made ready to be run: numbered, with what holds for each task. Pure. */
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

/** What holds for a task, said by itself or by what is around it. */
export interface Settings {
  readonly become: Become | undefined
  readonly on: Selector | undefined
  readonly env: Readonly<Record<string, string>> | undefined
  readonly cwd: string | undefined
  readonly ignoreErrors: boolean
  readonly oncePer: StepOptions['oncePer']
  /** Whether it has a condition, its own or one of what is around it. */
  readonly conditional: boolean
  readonly tags: readonly string[]
  /**
   * For each `never` in force, the tags that stand beside it: one of them must be named. A tag of what is around it does not
   * count, or whoever names a whole play would get what must never run by itself.
   */
  readonly locks: readonly (readonly string[])[]
}

/** What holds where nobody says anything. */
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

/** A task in its place. */
export interface PlannedTask {
  readonly kind: 'task'
  readonly task: Task
  /** Position in the host's list, blocks unfolded, from 0. It stays the same when other tasks are left out. */
  readonly position: number
  /** How many tasks of the same name and title stand before it in the host's list. */
  readonly twin: number
  readonly role: Role
  /** The name by which it is notified, when it is a handler. */
  readonly handler: string | undefined
  readonly settings: Settings
  /** The handlers that it notifies, topics resolved. */
  readonly notifies: readonly string[]
}

/** A condition of several steps, asked once. */
export interface Condition {
  readonly when: NonNullable<StepOptions['when']>
  /** What is told of when it fails: the first of its tasks, with what holds for asking. */
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
      /** Between the positions of the tasks around it. */
      readonly position: number
    }

/** What a step or a play says of its tasks. */
type Said = { readonly [Key in keyof StepOptions]?: StepOptions[Key] | undefined }

/** What a step says, on top of what is said around it. */
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

/** What unfolding needs to know. */
export interface Unfolding {
  readonly play: string
  readonly settings: Settings
  /** Names of the handlers that a task notifies, topics resolved; throws for a name that does not exist. */
  readonly notifies: (task: Task) => readonly string[]
}

/** Stands for steps among which there is no task, such as a flush alone. */
const noTask = defineTask({
  name: 'condition',
  description: 'Stands for the condition of a block without tasks.',
  params: z.object({}),
  title: () => 'condition of a block',
  check: () => ok(),
})({})

/**
 * A play's steps, their tasks numbered in the order in which they stand: a block's own, its rescue's, its always'.
 *
 * @throws `playbook-invalid` for a background step that stands twice, or a join of one that was not begun.
 */
export const unfold = (steps: readonly Step[], { play, settings, notifies }: Unfolding): PlannedStep[] => {
  const begun = new Set<Background>()
  const seen = new Map<string, number>()
  let position = 0
  const invalid = (message: string, hint: string): CoxswainError =>
    new CoxswainError('playbook-invalid', `play "${play}": ${message}`, { hint })

  const start = (started: Background): void => {
    if (begun.has(started))
      throw invalid('the same background step stands here twice', 'make one for each: background(…)')
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
    const stand = { kind: 'task', task: noTask, position, twin: 0, handler: undefined, notifies: [] } as const
    return when && { when, about: { ...(first ?? stand), ...outer } }
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
          throw invalid('join(…) of a step that was not begun', 'put the background step itself before it')
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

/** The tasks of steps in the order of their positions; without those of a `rescue`, the way that is gone when all goes well. */
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
