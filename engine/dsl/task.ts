import { inspect } from 'node:util'
import type { z } from 'zod'
import { authorsPlace, callersPlace } from '../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../errors.ts'
import { checkOptions, checkedElsewhere, schemaKind, textKind, functionKind } from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { deepFreeze } from './freeze.ts'
import { checkTaskOptions } from './options.ts'
import type { Exact } from './options.ts'
import { parseParams, refuseMasks } from './parse-params.ts'
import { taskBrand } from './types.ts'
import type { ApplyContext, CheckContext, Task, TaskOptions, WaitOptions } from './types.ts'
import type { Verdict } from './verdict.ts'
import type { Writing } from './writing.ts'
import { plainMasks } from '../secret.ts'

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
  /** Reads, and says whether the host is in the wanted state. It never changes anything. */
  readonly check?: (ctx: CheckContext, params: z.output<Schema>) => Promise<Verdict<Value>> | Verdict<Value>
  /** False for parameters that leave nothing to check: with them the task acts every time, and is listed so. */
  readonly checkable?: (params: z.output<Schema>) => boolean
  /**
   * True for parameters with which the check only guards the apply, as `creates` does: its `ok` says that the work was begun
   * once, and is no proof that it came to its end. An apply that failed or was cut off is not called done because of it.
   */
  readonly guards?: (params: z.output<Schema>) => boolean
  /**
   * Makes it so. The engine checks again afterwards. What it returns counts only where the check said `unknown`:
   * `ok()` tells that nothing had to be changed after all, `drift(…)` what was.
   */
  readonly apply?: (ctx: ApplyContext, params: z.output<Schema>) => Promise<unknown>
  /**
   * How long to wait: a task without an apply waits until its check says ok, one with an apply while its check says
   * {@link pending}.
   */
  readonly until?: (params: z.output<Schema>) => WaitOptions
  /** Paths on this machine whose content it brings to a host: `--resume` does it again when that has changed. */
  readonly sends?: (params: z.output<Schema>) => readonly string[]
  /**
   * Reads what it needs on the machine that runs the playbook. It throws where that is missing: under `--check` too, and for
   * parameters that leave nothing to check.
   */
  readonly needs?: (params: z.output<Schema>) => Promise<unknown>
  /**
   * Whether it brings files that only it knows, as a package does. Under `--check` a later task that does not find the file
   * that it names, or anything below a missing folder, is unknown then, not ok.
   */
  readonly brings?: (params: z.output<Schema>) => boolean
  /**
   * What its apply writes on the host. Under `--check`, where something would change, the engine looks whether the host would
   * refuse it, and fails as the run would. Folders that it makes count as there for later tasks.
   */
  readonly writes?: (params: z.output<Schema>) => readonly Writing[]
  /**
   * What its apply makes that later tasks ask for under `--check`: users and groups, as `the user NAME` and `the group NAME`, and
   * whatever a check looks up with `predicted`.
   */
  readonly makes?: (params: z.output<Schema>) => readonly string[]
  /**
   * False for what changes nothing on a host, such as a pause: it has no check, is reported as `ok`, and is left out under
   * `--check`.
   */
  readonly changes?: false
}

/** What the definition of a task may say. */
const specKinds: Kinds<TaskSpec<z.ZodType, unknown>> = {
  name: textKind,
  description: textKind,
  reads: textKind,
  example: checkedElsewhere,
  params: schemaKind,
  title: functionKind('write title: (params) => …'),
  check: functionKind('write async check({ remote }, params) { … }'),
  checkable: functionKind('write checkable: (params) => …'),
  guards: functionKind('write guards: (params) => …'),
  apply: functionKind('write async apply({ remote }, params) { … }'),
  until: functionKind('write until: (params) => ({ timeout: 60, every: 1 })'),
  needs: functionKind('write needs: (params) => …'),
  brings: functionKind('write brings: (params) => …'),
  writes: functionKind("write writes: ({ path }) => [{ path, as: 'file' }]"),
  makes: functionKind('write makes: ({ name }) => [`the user ${name}`]'),
  sends: functionKind('write sends: (params) => [ … ]'),
  changes: { fits: (value) => value === false, hint: 'it is false, or left out' },
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

type Arguments<Input, Options> =
  Record<string, never> extends Input
    ? [params?: Input, options?: Options]
    : [params: Input, options?: Options]

/** Makes tasks of one definition. Its `info` tells what it takes. */
export interface TaskFactory<Input = never, Value = unknown> {
  <Options extends TaskOptions>(...args: Arguments<Input, Exact<Options, TaskOptions>>): Task<Value>
  readonly info: TaskInfo
  /** The same for input that nobody has typed yet, such as a command line's: the schema decides. */
  readonly from: (input: unknown, options?: TaskOptions) => Task<Value>
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

const kinds: ReadonlySet<unknown> = new Set(['ok', 'drift', 'unknown', 'pending'])

/** What a check returned, when it is a verdict: its author may not have asked a compiler. */
const checked = <Value>(name: string, definition: Error, verdict: Verdict<Value>): Verdict<Value> => {
  const given: unknown = verdict
  const kind = typeof given === 'object' && given !== null && 'kind' in given ? given.kind : undefined
  if (kinds.has(kind)) return verdict
  throw new CoxswainError(
    'author-error',
    `the check of task ${name} returned ${inspect(given, { depth: 1 })}`,
    {
      place: callersPlace(definition),
      hint: 'return ok(), drift(…), unknown(…) or pending(…)',
    },
  )
}

/** Names the parameter that brought the mask of a secret into what was to be sent to a host. */
const namingMasks = async <Value>(
  name: string,
  params: unknown,
  work: () => Promise<Value> | Value,
): Promise<Value> => {
  try {
    return await work()
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'secret-masked') refuseMasks(`task ${name}`, params)
    throw error
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
  checkOptions(`task ${spec.name}`, spec, specKinds)
  const info: TaskInfo = Object.freeze({
    name: spec.name,
    description: spec.description,
    reads: spec.reads,
    example: spec.example,
    params: spec.params,
    kind: kindOf(spec),
  })
  const { check, apply } = spec
  const defined = trace()
  let known: ReturnType<Task['definition']> | undefined
  const definition = (): ReturnType<Task['definition']> => {
    known ??= {
      source: [check, apply, spec.checkable].map(String).join('\n'),
      file: callersPlace(defined)?.file,
    }
    return known
  }
  const from = (input: unknown, options?: TaskOptions): Task<Value> => {
    // a check that changed them would change what apply gets
    const params = deepFreeze(parseParams(spec.name, spec.params, input ?? {}))
    checkTaskOptions(`task ${spec.name}`, options ?? {})
    const origin = trace()
    return Object.freeze({
      [taskBrand]: true as const,
      name: spec.name,
      title: plainMasks(options?.title ?? spec.title?.(params) ?? spec.name),
      params,
      options: Object.freeze({ ...options }),
      check:
        check && spec.checkable?.(params) !== false
          ? async (ctx: CheckContext) =>
              checked(spec.name, defined, await namingMasks(spec.name, params, () => check(ctx, params)))
          : undefined,
      apply: apply && (async (ctx: ApplyContext) => namingMasks(spec.name, params, () => apply(ctx, params))),
      until: spec.until?.(params),
      guards: spec.guards?.(params) ?? false,
      needs: spec.needs && (() => spec.needs?.(params) ?? Promise.resolve()),
      brings: spec.brings?.(params) ?? false,
      writes: () => spec.writes?.(params) ?? [],
      makes: () => spec.makes?.(params) ?? [],
      changes: spec.changes !== false,
      place: () => authorsPlace(origin),
      definedAt: () => callersPlace(defined),
      definition,
      sends: spec.sends?.(params) ?? [],
    })
  }
  const make = (...[input, options]: [input?: z.input<Schema>, options?: TaskOptions]): Task<Value> =>
    from(input, options)
  return Object.assign(make, { info, from })
}

export const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && taskBrand in value

/** Whether a value is what {@link defineTask} gives: a function with task information. */
export const isTaskFactory = (value: unknown): value is TaskFactory =>
  typeof value === 'function' && 'info' in value && typeof value.info === 'object'
