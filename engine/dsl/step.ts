/** What a play's list of tasks may hold beside tasks: blocks, tasks side by side, tasks in the background, flushes. */
import { CoxswainError } from '../errors.ts'
import { checkOptions, listKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { deepFreeze } from './freeze.ts'
import { stepKinds } from './options.ts'
import type { Exact } from './options.ts'
import type { StepOptions, Task } from './types.ts'

const brand = Symbol.for('coxswain.step')

export interface BlockOptions extends StepOptions {
  /**
   * What to do when a step of the block fails, or its host cannot be reached: the host goes on behind the block when
   * this went well.
   */
  readonly rescue?: readonly Step[]
  /** What to do last, however the block went; also when the run is stopped, but not when it is cut off. */
  readonly always?: readonly Step[]
}

/** Steps that belong together, with what to do when one fails. */
export interface Block {
  readonly [brand]: 'block'
  readonly steps: readonly Step[]
  readonly rescue: readonly Step[]
  readonly always: readonly Step[]
  readonly options: StepOptions
}

/** Steps of one host that run side by side. */
export interface Parallel {
  readonly [brand]: 'parallel'
  readonly steps: readonly Step[]
  readonly options: StepOptions
}

/** A step that goes on while the next ones run. */
export interface Background {
  readonly [brand]: 'background'
  readonly step: Step
}

/** The place where a background step must have ended. */
export interface Join {
  readonly [brand]: 'join'
  readonly background: Background
}

/** The place where handlers that are due run at once. */
export interface Flush {
  readonly [brand]: 'flush'
}

/** Anything that a play's list may hold. */
export type Step = Task | Block | Parallel | Background | Join | Flush

/** Whether a value can stand in a play's list. */
export const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && (brand in value || Symbol.for('coxswain.task') in value)

/** What to do about something in a list that is no step. */
const strangersHint = (wrong: unknown): string =>
  typeof wrong === 'function'
    ? 'a task takes its parameters: write sysctl({ … }), not sysctl'
    : 'give a list: tasks: () => [ … ]; leave out what is not wanted with a spread: ...(wanted ? [ … ] : [])'

/** @throws `playbook-invalid` for a list that holds anything but steps. */
const refuseStrangers = (where: string, list: readonly unknown[]): void => {
  const steps: unknown = list
  const wrong = Array.isArray(steps) ? list.findIndex((item) => !isStep(item)) : 0
  if (wrong === -1) return
  throw new CoxswainError('playbook-invalid', `${where} takes a list of tasks and other steps`, {
    hint: strangersHint(list[wrong]),
  })
}

const split = ({ rescue = [], always = [], ...options }: BlockOptions) => ({ rescue, always, options })

/** What a block may say. */
const blockKinds: Kinds<BlockOptions> = { ...stepKinds, rescue: listKind, always: listKind }

/**
 * Steps that belong together: they share options, and can be rescued.
 *
 * @throws `playbook-invalid` for options that make no sense.
 * @example
 * block([drain(host), upgrade(host)], {
 *   rescue: [rollBack(host)],
 *   always: [putBack(host)],
 * })
 */
export const block = <Options extends BlockOptions>(
  steps: readonly Step[],
  given?: Exact<Options, BlockOptions>,
): Block => {
  checkOptions('block', given ?? {}, blockKinds)
  const { rescue, always, options } = split(given ?? {})
  for (const list of [steps, rescue, always]) refuseStrangers('block(…)', list)
  return deepFreeze({ [brand]: 'block' as const, steps, rescue, always, options })
}

/**
 * Steps of one host side by side. It ends when all of them have ended; one that fails makes it fail.
 *
 * @throws `playbook-invalid` for options that make no sense.
 * @example
 * parallel([loadImages({ … }), packages({ … })])
 */
export const parallel = <Options extends StepOptions>(
  steps: readonly Step[],
  given?: Exact<Options, StepOptions>,
): Parallel => {
  const options: StepOptions = given ?? {}
  checkOptions('parallel', options, stepKinds)
  refuseStrangers('parallel(…)', steps)
  return deepFreeze({ [brand]: 'parallel' as const, steps, options })
}

/**
 * A step that goes on while the next ones run: until {@link join}, or the end of the list that it stands in.
 *
 * @example
 * const images = background(loadImages({ … }))
 * [images, writeConfig({ … }), join(images), kubeadmInit({ … })]
 */
export const background = (step: Step): Background => {
  refuseStrangers('background(…)', [step])
  return Object.freeze({ [brand]: 'background' as const, step })
}

/** Waits for a background step of the same list, or of one around it; fails where that failed. */
export const join = (started: Background): Join =>
  Object.freeze({ [brand]: 'join' as const, background: started })

/** Runs the handlers that are due here and now, not at the end of the play. */
export const flushHandlers = (): Flush => Object.freeze({ [brand]: 'flush' as const })

/** A step with what it is; a task has no word of its own. */
export type KnownStep =
  | { readonly kind: 'task'; readonly step: Task }
  | { readonly kind: 'block'; readonly step: Block }
  | { readonly kind: 'parallel'; readonly step: Parallel }
  | { readonly kind: 'background'; readonly step: Background }
  | { readonly kind: 'join'; readonly step: Join }
  | { readonly kind: 'flush'; readonly step: Flush }

/** What a step is. */
export const knownStep = (step: Step): KnownStep => {
  if (!(brand in step)) return { kind: 'task', step }
  switch (step[brand]) {
    case 'block':
      return { kind: 'block', step }
    case 'parallel':
      return { kind: 'parallel', step }
    case 'background':
      return { kind: 'background', step }
    case 'join':
      return { kind: 'join', step }
    case 'flush':
      return { kind: 'flush', step }
  }
}

/**
 * The list that an author gave, when it is one.
 *
 * @throws `playbook-invalid` for a list of anything else, such as a task that was not called.
 */
export const stepsOf = (play: string, value: unknown): readonly Step[] => {
  const list: unknown[] = Array.isArray(value) ? value : [undefined]
  const steps = list.filter(isStep)
  if (steps.length === list.length) return steps
  throw new CoxswainError('playbook-invalid', `play "${play}": tasks(…) gives no list of tasks`, {
    hint: strangersHint(list.find((item) => !isStep(item))),
  })
}
