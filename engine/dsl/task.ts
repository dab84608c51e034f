import { z } from 'zod'
import { issueText } from './issue-text.ts'
import { authorsPlace } from '../authors-place.ts'
import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { nearest } from '../inventory/nearest.ts'
import { checkTaskOptions } from './check-options.ts'
import type { ApplyContext, CheckContext } from './context.ts'
import { deepFreeze } from './freeze.ts'
import type { TaskOptions } from './options.ts'
import type { Verdict } from './verdict.ts'

/** How long to ask a check again until it says ok. */
export interface Patience {
  /** Seconds until waiting fails with `wait-timeout`. */
  readonly timeout: number
  /** Seconds between two looks. */
  readonly every: number
}

/** What an author writes. At least one of `check` and `apply` is needed. */
export interface TaskSpec<Schema extends z.ZodType, Value> {
  /** Lower-case words joined by dashes; the name on the command line. */
  readonly name: string
  /** One sentence: what the task brings about. */
  readonly description: string
  /** What its check looks at on a host, in a few words: `the file`, `rpm -q, dnf versionlock`. */
  readonly reads?: string
  /** Parameters that show it at work, for its documentation. */
  readonly example?: z.input<Schema>
  readonly params: Schema
  /** The task with these parameters, in a few words; the name when absent. */
  readonly title?: (params: z.output<Schema>) => string
  /** Reads, and says whether all is as it shall be. It never changes anything. */
  readonly check?: (ctx: CheckContext, params: z.output<Schema>) => Promise<Verdict<Value>> | Verdict<Value>
  /** False for parameters that leave nothing to check: with them the task acts every time, and is listed so. */
  readonly checkable?: (params: z.output<Schema>) => boolean
  /**
   * Makes it so. The engine checks again afterwards. What it returns counts only where the check said `unknown`:
   * `ok()` tells that nothing had to be changed after all, `drift(…)` what was.
   */
  readonly apply?: (ctx: ApplyContext, params: z.output<Schema>) => Promise<unknown>
  /**
   * How long to wait: a task without an apply waits until its check says ok, one with an apply while its check says
   * {@link pending}.
   */
  readonly until?: (params: z.output<Schema>) => Patience
  /**
   * Reads what it needs on the machine that runs the playbook. It throws where that is missing: under `--check` too, and for
   * parameters that leave nothing to check.
   */
  readonly needs?: (params: z.output<Schema>) => Promise<unknown>
  /**
   * Whether it brings files that only it knows, as a package does. Under `--check` a later task that finds nothing below a
   * missing folder is unknown then, not ok.
   */
  readonly brings?: (params: z.output<Schema>) => boolean
  /**
   * False for what changes nothing on a host, such as a pause: it has no check, is reported as `ok`, and is left out under
   * `--check`.
   */
  readonly changes?: false
}

const brand = Symbol.for('coxswain.task')

/** A definition with its parameters: frozen plain data, the same whenever the same is asked for. */
export interface Task<Value = unknown> {
  readonly [brand]: true
  readonly name: string
  readonly title: string
  readonly params: unknown
  readonly options: TaskOptions
  readonly check: ((ctx: CheckContext) => Promise<Verdict<Value>>) | undefined
  readonly apply: ((ctx: ApplyContext) => Promise<unknown>) | undefined
  readonly until: Patience | undefined
  /** Reads what it needs on this machine. */
  readonly needs: (() => Promise<unknown>) | undefined
  /** Whether it brings files that only it knows. */
  readonly brings: boolean
  /** Whether its apply changes the host. */
  readonly changes: boolean
  /** Where it stands in an author's file; undefined where none made it. */
  readonly place: () => Place | undefined
}

/** What the command line and the documentation know of a task. */
export interface TaskInfo {
  readonly name: string
  readonly description: string
  /** What its check looks at. */
  readonly reads: string | undefined
  /** Parameters that show it at work. */
  readonly example: unknown
  readonly params: z.ZodType
  readonly kind: 'idempotent' | 'always' | 'fact' | 'wait' | 'aside'
}

type Arguments<Input> =
  Record<string, never> extends Input
    ? [params?: Input, options?: TaskOptions]
    : [params: Input, options?: TaskOptions]

/** Makes tasks of one definition. Its `info` tells what it takes. */
export interface TaskFactory<Input = never, Value = unknown> {
  (...args: Arguments<Input>): Task<Value>
  readonly info: TaskInfo
  /** The same for input that nobody has typed yet, such as a command line's: the schema decides. */
  readonly from: (input: unknown, options?: TaskOptions) => Task<Value>
}

const issueLine = (issue: z.core.$ZodIssue): string =>
  `${issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `}${issueText(issue)}`

/** A parameter that the schema does not know; nobody but a compiler would tell, for schemas pass over what is too much. */
const refuseUnknown = (name: string, schema: z.ZodType, input: unknown): void => {
  // one with a catch-all says itself what it does with others
  if (!(schema instanceof z.ZodObject) || schema.def.catchall !== undefined) return
  const known = Object.keys(schema.shape)
  const given = typeof input === 'object' && input !== null ? Object.keys(input) : []
  const unknown = given.find((key) => !known.includes(key))
  if (unknown === undefined) return
  const guess = nearest(unknown, known)
  throw new CoxswainError('params-invalid', `task ${name} has no parameter ${unknown}`, {
    task: name,
    hint: guess === undefined ? `it takes: ${known.join(', ')}` : `did you mean ${guess}?`,
  })
}

/**
 * Parameters that a schema accepts.
 *
 * @throws `params-invalid` naming every parameter that is wrong.
 */
export const parseParams = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  input: unknown,
): z.output<Schema> => {
  refuseUnknown(name, schema, input)
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new CoxswainError(
    'params-invalid',
    `task ${name}: ${parsed.error.issues.map(issueLine).join('; ')}`,
    {
      task: name,
      hint: `see \`run ${name} --help\` for its parameters`,
    },
  )
}

const kindOf = (spec: {
  readonly name: string
  readonly check?: unknown
  readonly apply?: unknown
  readonly until?: unknown
  readonly changes?: false
}): TaskInfo['kind'] => {
  if (spec.changes === false) {
    if (spec.check === undefined && spec.apply !== undefined) return 'aside'
    throw new CoxswainError('playbook-invalid', `task ${spec.name}: what changes nothing has an apply alone`)
  }
  if (spec.until !== undefined) {
    if (spec.check === undefined)
      throw new CoxswainError('playbook-invalid', `task ${spec.name}: a task that waits has a check`)
    return spec.apply === undefined ? 'wait' : 'idempotent'
  }
  if (spec.check === undefined && spec.apply === undefined) {
    throw new CoxswainError('playbook-invalid', `task ${spec.name}: neither check nor apply`)
  }
  if (spec.check === undefined) return 'always'
  return spec.apply === undefined ? 'fact' : 'idempotent'
}

/** Where we are called from: a few frames, which V8 makes text of only when somebody reads them. */
const trace = (): Error => {
  const usual = Error.stackTraceLimit
  Error.stackTraceLimit = 8
  try {
    return new Error('made here')
  } finally {
    Error.stackTraceLimit = usual
  }
}

/**
 * Defines a task: one subject, a `check` that only reads, and an `apply` that makes it so.
 *
 * @throws `playbook-invalid` when it has neither, or waits without a check. The factory throws `params-invalid`.
 * @example
 * export const hostname = defineTask({
 *   name: 'hostname',
 *   description: 'Holds the host name.',
 *   params: z.object({ name: z.string() }),
 *   async check({ remote }, { name }) {
 *     const live = await remote.query`hostname`.text()
 *     return live === name ? ok() : drift({ what: 'hostname', from: live, to: name })
 *   },
 *   async apply({ remote }, { name }) {
 *     await remote.run`hostnamectl set-hostname ${name}`
 *   },
 * })
 */
export const defineTask = <Schema extends z.ZodType, Value = void>(
  spec: TaskSpec<Schema, Value>,
): TaskFactory<z.input<Schema>, Value> => {
  const info: TaskInfo = Object.freeze({
    name: spec.name,
    description: spec.description,
    reads: spec.reads,
    example: spec.example,
    params: spec.params,
    kind: kindOf(spec),
  })
  const { check, apply } = spec
  const from = (input: unknown, options?: TaskOptions): Task<Value> => {
    // a check that changed them would change what apply gets
    const params = deepFreeze(parseParams(spec.name, spec.params, input ?? {}))
    checkTaskOptions(`task ${spec.name}`, options ?? {})
    const origin = trace()
    return Object.freeze({
      [brand]: true as const,
      name: spec.name,
      title: options?.title ?? spec.title?.(params) ?? spec.name,
      params,
      options: Object.freeze({ ...options }),
      check:
        check && spec.checkable?.(params) !== false
          ? async (ctx: CheckContext) => check(ctx, params)
          : undefined,
      apply: apply && (async (ctx: ApplyContext) => apply(ctx, params)),
      until: spec.until?.(params),
      needs: spec.needs && (() => spec.needs?.(params) ?? Promise.resolve()),
      brings: spec.brings?.(params) ?? false,
      changes: spec.changes !== false,
      place: () => authorsPlace(origin),
    })
  }
  const make = (...[input, options]: [input?: z.input<Schema>, options?: TaskOptions]): Task<Value> =>
    from(input, options)
  return Object.assign(make, { info, from })
}

export const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && brand in value

/** Whether a value is what {@link defineTask} gives: a function with task information. */
export const isTaskFactory = (value: unknown): value is TaskFactory =>
  typeof value === 'function' && 'info' in value && typeof value.info === 'object'
