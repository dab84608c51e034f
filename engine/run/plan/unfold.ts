/** Makes the planned steps of a host from the list of its play. Pure. */
import { z } from 'zod'
import { stepsFrom } from '../../dsl/given.ts'
import { handlersOf } from '../../dsl/handlers-of.ts'
import { knownStep } from '../../dsl/known-step.ts'
import { stepBrand } from '../../dsl/step.ts'
import type { Background, Given, RoleStep, Step } from '../../dsl/step.ts'
import { defineTask } from '../../dsl/task.ts'
import type { StepOptions, Task } from '../../dsl/types.ts'
import { ok } from '../../dsl/verdict.ts'
import { CoxswainError } from '../../errors.ts'
import type { Role } from '../events.ts'
import { authored } from './authored.ts'
import { givenTask, isReadableEarly, numberedTitles, titleOfFacts, titleOfGiven } from './given-task.ts'
import { MadeSteps, tasksOf } from './planned-steps.ts'
import type { Condition, PlannedStep, PlannedTask } from './planned-steps.ts'
import type { RoleHandlers } from './role-handlers.ts'
import { roleLabels } from './role-labels.ts'
import { hasNoFacts, sizeOf, sourcesIn, stepsOfRole } from './step-lists.ts'
import { canChange, refusedChange } from './read-only.ts'
import { within } from './settings.ts'
import type { Settings } from './settings.ts'
import { everything, spanWithin } from './span.ts'
import type { Span } from './span.ts'

/** The context for unfolding steps. */
export interface Unfolding {
  readonly play: string
  readonly settings: Settings
  /** Names of the handlers that a task notifies, topics resolved; throws for a name that does not exist. */
  readonly notifies: (task: Task) => readonly string[]
  /** The handlers of the roles of the host. */
  readonly roles: RoleHandlers
}

/** What surrounds a step. */
interface Around {
  readonly settings: Settings
  readonly role: Role
  readonly notifies: Unfolding['notifies']
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
export const unfold = (
  steps: readonly Step[],
  { play, settings, notifies, roles }: Unfolding,
  span: Span = everything,
): PlannedStep[] => {
  const begun = new Set(span.begun)
  const seen = new Map<string, number>()
  const numbered = numberedTitles()
  const sources = new Set(sourcesIn(steps))
  const labelOf = roleLabels(steps, span === everything)
  let position = span.from
  const invalid = (message: string, hint: string): CoxswainError =>
    new CoxswainError('playbook-invalid', `play "${play}": ${message}`, { hint })

  const start = (started: Background): void => {
    if (begun.has(started))
      throw invalid('the same background step is used twice', 'create one for each use: background(…)')
    begun.add(started)
  }

  const twinOf = ({ name, title }: Task): string => {
    const key = `${name.length} ${name}${title}`
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    return `${span.twins}${before}`
  }

  const conditionOf = (
    { when }: StepOptions,
    own: readonly PlannedStep[],
    outer: Pick<Around, 'settings' | 'role'>,
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
    const { settings: its, role } = outer
    return when && { when, about: { ...(first ?? placeholder), settings: its, role } }
  }

  const planned = (task: Task, own: Pick<PlannedTask, 'role' | 'settings' | 'notifies'>): PlannedTask => {
    if (own.settings.readOnly && canChange(task)) throw refusedChange(play, task)
    const { role, settings: its, notifies: notified } = own
    // without spreads, which take longer than all else here: it is made for each task of each host
    const placed: PlannedTask = {
      kind: 'task',
      task,
      position,
      twin: twinOf(task),
      role,
      handler: undefined,
      settings: its,
      notifies: notified,
    }
    position += span.by
    return sources.has(task) ? { ...placed, isSource: true } : placed
  }

  /** The fact comes first, and the tasks that it makes come before the next position. */
  const planGiven = (step: Given, around: Around): PlannedStep => {
    const { role } = around
    const inner = within(around.settings, step.options)
    const started = new Set(begun)
    const made = (values: Readonly<Record<string, unknown>>): MadeSteps =>
      authored(`play "${play}"`, () => {
        const list = stepsFrom(play, step, values)
        const where = { play, place: step.place }
        const inside = spanWithin(span, { about, size: sizeOf(list), begun: started }, where)
        // this can be called before the turn of the step, with values of then
        const own = roles.madeBy(about)
        const unfolding = { play, settings: inner, notifies: around.notifies, roles: own }
        return new MadeSteps(values, unfold(list, unfolding, inside), own.planned)
      })
    // each host reads for itself
    const own = { role, settings: { ...inner, oncePer: undefined }, notifies: [] }
    const about: PlannedTask = {
      ...planned(givenTask(step, step.options.title ?? numbered(titleOfGiven(step)), made), own),
      makesTasks: true,
      ...(!isReadableEarly(step.sources) && { atTurnOnly: true as const }),
    }
    return { kind: 'given', about, sources: step.sources, narrow: (all) => all }
  }

  /** The steps and handlers of a role whose values are known. */
  const planRole = (
    step: RoleStep,
    values: Readonly<Record<string, unknown>>,
    around: Around,
  ): PlannedStep => {
    const { name, options, handlers } = step
    const list = stepsOfRole(step, values)
    for (const source of sourcesIn(list)) sources.add(source)
    const inner = within(around.settings, options)
    const its = handlersOf(`play "${play}": role ${name}`, Reflect.apply(handlers, undefined, [values]))
    const label = step.label ?? labelOf(step)
    const notified = roles.use(step, { label, handlers: its, settings: inner })
    const own = all(list, { ...around, settings: inner, notifies: notified })
    const condition = conditionOf(options, own, { settings: inner, role: around.role })
    return { kind: 'block', condition, steps: own, rescue: [], always: [] }
  }

  /** A role with values is made from them. */
  const roleFrom = (step: RoleStep): Given => ({
    [stepBrand]: 'given',
    sources: step.facts,
    make: (values) => [
      {
        ...step,
        options: {},
        facts: {},
        label: labelOf(step),
        tasks: () => step.tasks(values),
        handlers: () => step.handlers(values),
      },
    ],
    options: { ...step.options, title: step.options.title ?? numbered(titleOfFacts(step)) },
    place: step.place,
  })

  const one = (item: Step, around: Around): PlannedStep => {
    const { settings: outer, role } = around
    const known = knownStep(item)
    switch (known.kind) {
      case 'task': {
        const { step: task } = known
        const own = { role, settings: within(outer, task.options), notifies: around.notifies(task) }
        return planned(task, own)
      }
      case 'given':
        return planGiven(known.step, around)
      case 'role':
        if (hasNoFacts(known.step)) return planRole(known.step, {}, around)
        roles.name(known.step, {
          label: labelOf(known.step),
          settings: within(around.settings, known.step.options),
        })
        return planGiven(roleFrom(known.step), around)
      case 'block': {
        const { options, steps: own, rescue, always } = known.step
        const inner = { ...around, settings: within(outer, options) }
        const parts = {
          steps: all(own, inner),
          rescue: all(rescue, { ...inner, role: 'rescue' }),
          always: all(always, { ...inner, role: 'always' }),
        }
        return { kind: 'block', condition: conditionOf(options, parts.steps, inner), ...parts }
      }
      case 'parallel': {
        const { options, steps: own } = known.step
        const inner = { ...around, settings: within(outer, options) }
        const parts = all(own, inner)
        return { kind: 'parallel', condition: conditionOf(options, parts, inner), steps: parts }
      }
      case 'background': {
        // steps in it cannot wait for it: it is started when they are planned
        const inside = all([known.step.step], around)
        start(known.step)
        return { kind: 'background', started: known.step, steps: inside }
      }
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

  const all = (items: readonly Step[], around: Around): PlannedStep[] =>
    items.map((item) => one(item, around))

  return all(steps, { settings, role: span.role, notifies })
}
