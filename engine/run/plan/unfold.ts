/** Makes the planned steps of a host from the list of its play. Pure. */
import { z } from 'zod'
import { stepsFrom } from '../../dsl/given.ts'
import { knownStep } from '../../dsl/step.ts'
import type { Background, Given, Step } from '../../dsl/step.ts'
import { defineTask } from '../../dsl/task.ts'
import type { StepOptions, Task } from '../../dsl/types.ts'
import { sourceOf } from '../../dsl/value-source.ts'
import type { Sources } from '../../dsl/value-source.ts'
import { ok } from '../../dsl/verdict.ts'
import { CoxswainError } from '../../errors.ts'
import type { Role } from '../events.ts'
import { authored } from './authored.ts'
import { givenTask, isReadableEarly } from './given-task.ts'
import { MadeSteps, tasksOf } from './planned-steps.ts'
import type { Condition, PlannedStep, PlannedTask } from './planned-steps.ts'
import { within } from './settings.ts'
import type { Settings } from './settings.ts'

/** The context for unfolding steps. */
export interface Unfolding {
  readonly play: string
  readonly settings: Settings
  /** Names of the handlers that a task notifies, topics resolved; throws for a name that does not exist. */
  readonly notifies: (task: Task) => readonly string[]
}

/** Where the tasks of a list are in the list of their host. */
interface Span {
  /** The position of the first task, and the distance to the next. */
  readonly from: number
  readonly by: number
  /** The beginning of each twin. */
  readonly twins: string
  readonly role: Role
  /** Background steps that were started before. */
  readonly begun: ReadonlySet<Background>
}

const everything: Span = { from: 0, by: 1, twins: '', role: 'task', begun: new Set() }

/** The tasks whose values steps with values use on their own host. */
export const ownSources = (sources: Sources): Task[] =>
  Object.values(sources).flatMap((source) => {
    const { task, hosts } = sourceOf(source)
    return hosts === undefined ? [task] : []
  })

const sourcesIn = (steps: readonly Step[]): Task[] =>
  steps.flatMap((step) => {
    const known = knownStep(step)
    switch (known.kind) {
      case 'given':
        return ownSources(known.step.sources)
      case 'block':
        return sourcesIn([...known.step.steps, ...known.step.rescue, ...known.step.always])
      case 'parallel':
        return sourcesIn(known.step.steps)
      case 'background':
        return sourcesIn([known.step.step])
      case 'task':
      case 'join':
      case 'flush':
        return []
    }
  })

/** The number of positions that steps take. */
const sizeOf = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => {
    const known = knownStep(step)
    switch (known.kind) {
      case 'task':
      case 'given':
        return sum + 1
      case 'block':
        return sum + sizeOf([...known.step.steps, ...known.step.rescue, ...known.step.always])
      case 'parallel':
        return sum + sizeOf(known.step.steps)
      case 'background':
        return sum + sizeOf([known.step.step])
      case 'join':
      case 'flush':
        return sum
    }
  }, 0)

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
export const unfold = (
  steps: readonly Step[],
  { play, settings, notifies }: Unfolding,
  span: Span = everything,
): PlannedStep[] => {
  const begun = new Set(span.begun)
  const seen = new Map<string, number>()
  const sources = new Set(sourcesIn(steps))
  let position = span.from
  const invalid = (message: string, hint: string): CoxswainError =>
    new CoxswainError('playbook-invalid', `play "${play}": ${message}`, { hint })

  const start = (started: Background): void => {
    if (begun.has(started))
      throw invalid('the same background step is used twice', 'create one for each use: background(…)')
    begun.add(started)
  }

  const twinOf = ({ name, title }: Task): string => {
    const key = JSON.stringify([name, title])
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return `${span.twins}${before}`
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
      twin: '0',
      handler: undefined,
      notifies: [],
    } as const
    return when && { when, about: { ...(first ?? placeholder), ...outer } }
  }

  const planned = (task: Task, own: Pick<PlannedTask, 'role' | 'settings' | 'notifies'>): PlannedTask => {
    const placed = {
      kind: 'task',
      task,
      position,
      twin: twinOf(task),
      handler: undefined,
      ...own,
      ...(sources.has(task) && { isSource: true as const }),
    } as const
    position += span.by
    return placed
  }

  /** The fact comes first, and the tasks that it makes come before the next position. */
  const planGiven = (step: Given, around: Settings, role: Role): PlannedStep => {
    const inner = within(around, step.options)
    const started = new Set(begun)
    const made = (values: Readonly<Record<string, unknown>>): MadeSteps =>
      authored(play, () => {
        const list = stepsFrom(play, step, values)
        const by = span.by / (sizeOf(list) + 1)
        const inside = { from: about.position + by, by, twins: `${about.twin}/`, role, begun: started }
        return new MadeSteps(values, unfold(list, { play, settings: inner, notifies }, inside))
      })
    // each host reads for itself
    const own = { role, settings: { ...inner, oncePer: undefined }, notifies: [] }
    const about: PlannedTask = {
      ...planned(givenTask(step, made), own),
      makesTasks: true,
      ...(!isReadableEarly(step.sources) && { atTurnOnly: true as const }),
    }
    return { kind: 'given', about, sources: step.sources, narrow: (all) => all }
  }

  const one = (item: Step, around: Settings, role: Role): PlannedStep => {
    const known = knownStep(item)
    switch (known.kind) {
      case 'task': {
        const { step: task } = known
        return planned(task, { role, settings: within(around, task.options), notifies: notifies(task) })
      }
      case 'given':
        return planGiven(known.step, around, role)
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
        return { kind: 'flush', position: position - span.by / 2 }
    }
  }

  const all = (items: readonly Step[], around: Settings, role: Role): PlannedStep[] =>
    items.map((item) => one(item, around, role))

  return all(steps, settings, span.role)
}
