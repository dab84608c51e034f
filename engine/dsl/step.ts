/** The steps of a play other than tasks: blocks, parallel steps, background steps, flushes of handlers. */
import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { checkOptions, listKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { deepFreeze } from './freeze.ts'
import { stepKinds } from './options.ts'
import type { Exact } from './options.ts'
import type { NamesIn } from './handler-names.ts'
import type { Notifying } from './notifying.ts'
import type { StepOptions, Task } from './types.ts'
import { wrongItemIn } from './wrong-item.ts'
import type { Sources } from './value-source.ts'

/** Marks the steps that are not tasks, including those of another copy of the engine. */
export const stepBrand = Symbol.for('coxswain.step')

/** The options of a block. */
export interface BlockOptions extends StepOptions {
  /**
   * Steps to run if a step of the block fails, or its host is unreachable. If they succeed, the host continues after
   * the block.
   */
  readonly rescue?: readonly Step[]
  /** Steps to run at the end in any case, also if the run is stopped, but not if it is killed. */
  readonly always?: readonly Step[]
}

/** A group of steps, with steps to run if one fails. */
export interface Block<Names extends string = string> extends Notifying<Names> {
  readonly [stepBrand]: 'block'
  /** Its steps, in order. */
  readonly steps: readonly Step[]
  /** Steps that run if one of `steps` fails, or its host is unreachable. */
  readonly rescue: readonly Step[]
  /** Steps that run at the end in any case. */
  readonly always: readonly Step[]
  /** Options that its tasks inherit. */
  readonly options: StepOptions
}

/** Steps of one host that run in parallel. */
export interface Parallel<Names extends string = string> extends Notifying<Names> {
  readonly [stepBrand]: 'parallel'
  /** The steps that run at the same time. */
  readonly steps: readonly Step[]
  /** Options that its tasks inherit. */
  readonly options: StepOptions
}

/** A step that continues while the next ones run. */
export interface Background<Names extends string = string> extends Notifying<Names> {
  readonly [stepBrand]: 'background'
  /** The step that continues while the next ones run. */
  readonly step: Step
}

/** The point where a background step must have ended. */
export interface Join extends Notifying<never> {
  readonly [stepBrand]: 'join'
  /** The step to wait for. */
  readonly background: Background
}

/** The point where handlers that are due run. */
export interface Flush extends Notifying<never> {
  readonly [stepBrand]: 'flush'
}

/** Steps that are made from values which are known only on the host. */
export interface Given<Names extends string = string> extends Notifying<Names> {
  readonly [stepBrand]: 'given'
  /** Where its values come from, by name. */
  readonly sources: Sources
  /** Makes the steps from the values. */
  readonly make: (values: never) => unknown
  /** Options that the tasks inherit. */
  readonly options: StepOptions
  /** Its place in an author's file. */
  readonly place: () => Place | undefined
}

/** A role with its parameters. */
export interface RoleStep extends Notifying<never> {
  readonly [stepBrand]: 'role'
  /** The name of the role. */
  readonly name: string
  /** Its parameters, as the schema of the role returned them. */
  readonly params: unknown
  /** What was defined: tells apart two roles of one name. */
  readonly definition: object
  /** The name of this use, if it was given one where its values were read. */
  readonly label?: string
  /** Values that its tasks and handlers need, by name. */
  readonly facts: Sources
  /** Makes its steps from the values. */
  readonly tasks: (values: never) => unknown
  /** Makes its handlers from the values. */
  readonly handlers: (values: never) => unknown
  /** Options that its tasks inherit. */
  readonly options: StepOptions
  /** Its place in an author's file. */
  readonly place: () => Place | undefined
  /** The place of its definition in an author's file. */
  readonly definedAt: () => Place | undefined
}

// one step for each name that the steps in it notify: each of them must fit the play
type BlockOf<Names extends string> = [Names] extends [never]
  ? Block<never>
  : Names extends string
    ? Block<Names>
    : never
type ParallelOf<Names extends string> = [Names] extends [never]
  ? Parallel<never>
  : Names extends string
    ? Parallel<Names>
    : never
type BackgroundOf<Names extends string> = [Names] extends [never]
  ? Background<never>
  : Names extends string
    ? Background<Names>
    : never

/** The names that the other lists of a block notify. */
type NamesInLists<Options> =
  | (Options extends { readonly rescue: readonly (infer Item)[] } ? NamesIn<Item> : never)
  | (Options extends { readonly always: readonly (infer Item)[] } ? NamesIn<Item> : never)

/** Anything in the list of a play. */
export type Step<Names extends string = string> =
  | Task<unknown, Names>
  | Block<Names>
  | Parallel<Names>
  | Background<Names>
  | Given<Names>
  | RoleStep
  | Join
  | Flush

/** Whether a value is a step. */
export const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && (stepBrand in value || Symbol.for('coxswain.task') in value)

/** @throws `playbook-invalid` for a list with anything but steps. */
const refuseStrangers = (where: string, list: readonly unknown[]): void => {
  const found = wrongItemIn(list, isStep)
  if (found === undefined) return
  throw new CoxswainError(
    'playbook-invalid',
    `${where} takes a list of tasks and other steps: ${found.words}`,
    { hint: found.hint },
  )
}

const split = ({ rescue = [], always = [], ...options }: BlockOptions) => ({ rescue, always, options })

/** The options of a block. */
const blockKinds: Kinds<BlockOptions> = { ...stepKinds, rescue: listKind, always: listKind }

/**
 * Groups steps: they share options, and a failure can be rescued.
 *
 * @throws `playbook-invalid` for invalid options.
 * @example
 * block([drain(host), upgrade(host)], {
 *   rescue: [rollBack(host)],
 *   always: [putBack(host)],
 * })
 */
export function block<Item extends Step, Options extends BlockOptions>(
  steps: readonly Item[],
  given?: Exact<Options, BlockOptions>,
): BlockOf<NamesIn<Item> | NamesInLists<Options>>
export function block(steps: readonly Step[], given?: BlockOptions): Block {
  checkOptions('block', given ?? {}, blockKinds)
  const { rescue, always, options } = split(given ?? {})
  for (const list of [steps, rescue, always]) refuseStrangers('block(…)', list)
  return deepFreeze({ [stepBrand]: 'block' as const, steps, rescue, always, options })
}

/**
 * Runs steps of one host in parallel. It ends when all of them have ended, and fails if one fails.
 *
 * @throws `playbook-invalid` for invalid options.
 * @example
 * parallel([loadImages({ … }), packages({ … })])
 */
export function parallel<Item extends Step, Options extends StepOptions>(
  steps: readonly Item[],
  given?: Exact<Options, StepOptions>,
): ParallelOf<NamesIn<Item>>
export function parallel(steps: readonly Step[], given?: StepOptions): Parallel {
  const options: StepOptions = given ?? {}
  checkOptions('parallel', options, stepKinds)
  refuseStrangers('parallel(…)', steps)
  return deepFreeze({ [stepBrand]: 'parallel' as const, steps, options })
}

/**
 * A step that continues while the next ones run, until {@link join} or the end of its list.
 *
 * @example
 * const images = background(loadImages({ … }))
 * [images, writeConfig({ … }), join(images), kubeadmInit({ … })]
 */
export function background<Item extends Step>(step: Item): BackgroundOf<NamesIn<Item>>
export function background(step: Step): Background {
  refuseStrangers('background(…)', [step])
  return Object.freeze({ [stepBrand]: 'background' as const, step })
}

/** Waits for a background step of the same or a surrounding list; fails if that failed. */
export const join = (started: Background): Join =>
  Object.freeze({ [stepBrand]: 'join' as const, background: started })

/** Runs the handlers that are due at this point instead of at the end of the play. */
export const flushHandlers = (): Flush => Object.freeze({ [stepBrand]: 'flush' as const })

/**
 * Checks the list of steps that a function of an author returned.
 *
 * @param about the function, for the error.
 * @param place returns where it is, if that is known.
 * @throws `playbook-invalid` for a list of anything else, such as a task that was not called.
 */
export const stepsOf = (about: string, value: unknown, place?: () => Place | undefined): readonly Step[] => {
  const found = wrongItemIn(value, isStep)
  if (found === undefined && Array.isArray(value)) return value.filter(isStep)
  throw new CoxswainError(
    'playbook-invalid',
    `${about} does not return a list of tasks: ${found?.words ?? ''}`,
    { hint: found?.hint, place: place?.() },
  )
}
