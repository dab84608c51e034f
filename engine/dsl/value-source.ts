/** Values that are known only on a host: facts and outputs of tasks, of the step's own host or of others. */
import { CoxswainError } from '../errors.ts'
import { describeSelector, isSelector } from './select.ts'
import { isTask } from './types.ts'
import type { Selector, Task } from './types.ts'

const brand = Symbol.for('coxswain.value')
declare const type: unique symbol

/** A value that is read at the turn of a step: `on`, `onEach` and `orElse` return it. */
export interface ValueSource<Value> {
  readonly [brand]: true
  readonly [type]?: Value
  /** The task whose value it is. */
  readonly task: Task
  /** The other hosts; undefined for the step's own host. */
  readonly hosts: OtherHosts | undefined
  /** What takes the place of a value that there is not; undefined without `orElse`. */
  readonly instead: Instead | undefined
}

/** The hosts of a value. */
interface OtherHosts {
  readonly selector: Selector
  /** Whether it is the value of each of them, and not of the only one. */
  readonly each: boolean
}

interface Instead {
  readonly value: unknown
}

/** The value of a host. */
export interface HostValue<Value> {
  /** The name of the host. */
  readonly host: string
  /** Its value. */
  readonly value: Value
}

/** The values of several hosts, in the order of their selector. */
export type HostValues<Value> = readonly HostValue<Value>[]

/** A task as the source of its value, or another source. */
export type AnySource = Task | ValueSource<unknown>

/** Sources by the names under which a step gets their values. */
export type Sources = Readonly<Record<string, AnySource>>

/** The type of the value of a source. */
export type ValueFrom<Source> =
  Source extends ValueSource<infer Value> ? Value : Source extends Task<infer Value> ? Value : never

/** The values of sources. */
export type ValuesFrom<Given extends Sources> = { readonly [Name in keyof Given]: ValueFrom<Given[Name]> }

export const isValueSource = (value: unknown): value is ValueSource<unknown> =>
  typeof value === 'object' && value !== null && brand in value

/** The sources that have values: a task that never gives one is an error of the compiler, as its steps would never be there. */
export type WithValues<Given extends Sources> = {
  readonly [Name in keyof Given]: [ValueFrom<Given[Name]>] extends [void]
    ? 'this task gives no value'
    : Given[Name]
}

/** Where a value comes from. */
export type SourceParts = Pick<ValueSource<unknown>, 'task' | 'hosts' | 'instead'>

/** The source of a value; a task is the source of its own value. */
export const sourceOf = (source: AnySource): SourceParts =>
  // it is asked for several times for each host
  isValueSource(source) ? source : { task: source, hosts: undefined, instead: undefined }

const make = <Value>(
  task: Task,
  hosts: ValueSource<unknown>['hosts'],
  instead?: ValueSource<unknown>['instead'],
): ValueSource<Value> => Object.freeze({ [brand]: true as const, task, hosts, instead })

const checked = (about: string, selector: unknown, task: unknown): void => {
  if (!isSelector(selector))
    throw new CoxswainError(
      'playbook-invalid',
      `${about}: its first argument is a pattern of hosts, or a pick`,
    )
  if (!isTask(task))
    throw new CoxswainError('playbook-invalid', `${about}: its second argument is a task`, {
      hint:
        typeof task === 'function' ? 'a task takes its parameters: osRelease({}), not osRelease' : undefined,
    })
}

/**
 * The value of a task on one other host.
 *
 * @example
 * given({ primary: on('db[0]', hostAddress({})) }, ({ primary }) => [ … ])
 * @throws `playbook-invalid` for anything but a selector and a task. At its turn, `pattern-invalid` if it does not name exactly one host.
 */
export const on = <Value>(selector: Selector, task: Task<Value>): ValueSource<Value> => {
  checked('on(…)', selector, task)
  return make(task, { selector, each: false })
}

/**
 * The values of a task on all hosts of a selector, read in parallel: a list of `{ host, value }` in the order of the hosts.
 *
 * @example
 * given({ peers: onEach('db', hostAddress({})) }, ({ peers }) => peers.map(({ host, value }) => hostsEntry({ ip: value, names: [host] })))
 * @throws `playbook-invalid` for anything but a selector and a task.
 */
export const onEach = <Value>(selector: Selector, task: Task<Value>): ValueSource<HostValues<Value>> => {
  checked('onEach(…)', selector, task)
  return make(task, { selector, each: true })
}

/**
 * A value with a replacement where there is none: the host is unreachable, or the task was skipped or had nothing to do. For `onEach`,
 * it replaces the value of each such host. Other errors stay errors.
 *
 * @throws `playbook-invalid` for anything but a task or a source of a value.
 */
export function orElse<Value, const Instead>(
  source: ValueSource<HostValues<Value>>,
  instead: Instead,
): ValueSource<HostValues<Value | Instead>>
export function orElse<Value, const Instead>(
  source: Task<Value> | ValueSource<Value>,
  instead: Instead,
): ValueSource<Value | Instead>
export function orElse(source: AnySource, instead: unknown): ValueSource<unknown> {
  if (!isTask(source) && !isValueSource(source))
    throw new CoxswainError('playbook-invalid', 'orElse(…): its first argument is a task, on(…) or onEach(…)')
  const { task, hosts } = sourceOf(source)
  return make(task, hosts, { value: instead })
}

/** A source in words: `os-release`, `host-address on db[0]`. */
export const describeSource = (source: AnySource): string => {
  const { task, hosts } = sourceOf(source)
  const what = task.title
  if (hosts === undefined) return what
  return `${what} on ${hosts.each ? 'each of ' : ''}${describeSelector(hosts.selector)}`
}
