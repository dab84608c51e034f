/** Roles: units of steps with parameters, handlers and files of their own, that plays use as steps. */
import { z } from 'zod'
import { authorsPlace, callersPlace, hereTrace } from '../authors-place.ts'
import { CoxswainError } from '../errors.ts'
import { deepFreeze } from './freeze.ts'
import type { Handlers, Notifiable } from './handler-names.ts'
import { checkOptions, functionKind, recordKind, textKind, checkedElsewhere } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { stepKinds } from './options.ts'
import type { Exact } from './options.ts'
import { once } from '../once.ts'
import { parseParams } from './parse-params.ts'
import { stepBrand } from './step.ts'
import type { RoleStep, Step } from './step.ts'
import { isTaskFactory } from './task.ts'
import type { TaskFactory, TaskInfo } from './task.ts'
import type { StepOptions } from './types.ts'
import type { Sources, ValuesFrom } from './value-source.ts'

/** What an author writes of a role. */
export interface RoleSpec<Schema extends z.ZodType, Facts extends Sources, Its extends Handlers> {
  /** The name: lower-case words joined by dashes. Handlers are shown as `NAME: HANDLER`. */
  readonly name: string
  /** One sentence: what the role does. */
  readonly description: string
  /** The schema of its parameters, with defaults and a `.describe()` each; as a function, it is made when the role is first used. */
  readonly params: Schema | (() => Schema)
  /** Example parameters, for its documentation. */
  readonly example?: z.input<Schema>
  /**
   * Values that its tasks and handlers need and that are known only on the host, as for `given`.
   *
   * @example
   * facts: { os: osRelease({}) }
   */
  readonly facts?: Facts
  /** Its steps: pure. Relative paths of local files are looked for beside the file that calls the task, and in `templates/` and `files/` there. */
  readonly tasks: (
    params: z.output<Schema>,
    facts: ValuesFrom<Facts>,
  ) => readonly Step<Notifiable<NoInfer<Its>>>[]
  /** Tasks by name that its own tasks notify. They run once at the end of the play, however often the role is used with the same parameters. */
  readonly handlers?: (params: z.output<Schema>, facts: ValuesFrom<Facts>) => Its
}

/** The properties of a role for the command line and the documentation. */
export interface RoleInfo extends Omit<TaskInfo, 'kind'> {
  /** Tells it from a task. */
  readonly kind: 'role'
}

const roleBrand = Symbol.for('coxswain.role')

type Arguments<Input, Options> =
  Record<string, never> extends Input
    ? [params?: Input, options?: Options]
    : [params: Input, options?: Options]

/** Makes steps of one role. */
export interface RoleFactory<Input = never> {
  readonly [roleBrand]: true
  <Options extends StepOptions>(...args: Arguments<Input, Exact<Options, StepOptions>>): RoleStep
  /** What the command line and the documentation show of the role. */
  readonly info: RoleInfo
  /** The same for untyped input, such as that of a command line: the schema checks it. */
  readonly from: (input: unknown, options?: StepOptions) => RoleStep
}

const roleKinds: Kinds<RoleSpec<z.ZodType, Sources, Handlers>> = {
  name: textKind,
  description: textKind,
  params: checkedElsewhere,
  example: checkedElsewhere,
  facts: recordKind,
  tasks: functionKind('write tasks: (params) => [ … ]'),
  handlers: functionKind('write handlers: (params) => ({ restart: … })'),
}

/** What a role can be named. */
export const roleNamePattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

export const roleNameHint = 'a name is lower-case words joined by dashes, such as nginx or ssh-hardening'

const schemaOf = <Schema extends z.ZodType>(name: string, params: Schema | (() => Schema)): Schema => {
  const schema = params instanceof z.ZodType ? params : params()
  if (schema instanceof z.ZodType) return schema
  throw new CoxswainError('playbook-invalid', `role ${name}: params is not a schema`, {
    hint: 'write params: z.object({ … }), or params: () => z.object({ … })',
  })
}

/**
 * Defines a role. It is used as a step, any number of times in a play.
 *
 * @throws `playbook-invalid` for unknown options and a name that is not valid. The factory throws `params-invalid`.
 * @example
 * export const motd = defineRole({
 *   name: 'motd',
 *   description: 'Sets the message of the day.',
 *   params: z.object({ text: z.string().describe('the message') }),
 *   facts: { os: osRelease({}) },
 *   tasks: ({ text }, { os }) => [file({ path: '/etc/motd', content: `${os.id}: ${text}\n` }, { notify: 'announce' })],
 *   handlers: () => ({ announce: command({ run: 'wall < /etc/motd' }) }),
 * })
 * // in a play: tasks: () => [motd({ text: 'hello' })]
 */
export const defineRole = <
  Schema extends z.ZodType,
  const Facts extends Sources = Readonly<Record<string, never>>,
  Its extends Handlers = never,
>(
  spec: RoleSpec<Schema, Facts, Its>,
): RoleFactory<z.input<Schema>> => {
  const { name, description, example } = spec
  checkOptions(`role ${name}`, spec, roleKinds)
  if (!roleNamePattern.test(name))
    throw new CoxswainError('playbook-invalid', `the name of a role is "${name}"`, {
      hint: roleNameHint,
    })
  const defined = hereTrace()
  const schema = once(() => schemaOf(name, spec.params))
  const facts: Sources = Object.freeze({ ...spec.facts })
  const from = (input: unknown, options: StepOptions = {}): RoleStep => {
    const origin = hereTrace()
    const params = deepFreeze(parseParams(name, schema(), input ?? {}, 'role'))
    checkOptions(`role ${name}`, options, stepKinds)
    return Object.freeze({
      [stepBrand]: 'role' as const,
      name,
      params,
      definition: spec,
      facts,
      tasks: (values: never) => spec.tasks(params, values),
      handlers: (values: never) => spec.handlers?.(params, values) ?? {},
      options: Object.freeze({ ...options }),
      place: () => authorsPlace(origin),
      definedAt: () => callersPlace(defined),
    })
  }
  const info: RoleInfo = Object.freeze({
    name,
    description,
    example,
    kind: 'role',
    reads: undefined,
    unchecked: false,
    get params() {
      return schema()
    },
  })
  function make<Options extends StepOptions>(
    ...args: Arguments<z.input<Schema>, Exact<Options, StepOptions>>
  ): RoleStep
  function make(input?: z.input<Schema>, options?: StepOptions): RoleStep {
    return from(input, options)
  }
  return Object.assign(make, { [roleBrand]: true as const, info, from })
}

/** Whether a value is a role, as {@link defineRole} returns it. */
export const isRole = (value: unknown): value is RoleFactory =>
  typeof value === 'function' && roleBrand in value

/** A task definition or a role: what can be run alone. */
export type Unit = TaskFactory | RoleFactory

export const isUnit = (value: unknown): value is Unit => isTaskFactory(value) || isRole(value)

/** What the command line and the documentation show of a task definition or a role. */
export type UnitInfo = TaskInfo | RoleInfo
