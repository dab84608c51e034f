import { inspect } from 'node:util'
import { z } from 'zod'
import { authorsFolders, authorsPlace, callersPlace, hereTrace } from '../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../errors.ts'
import { once } from '../once.ts'
import { checkOptions } from './option-kinds.ts'
import type { Failure } from './explanation.ts'
import { deepFreeze } from './freeze.ts'
import { checkTaskOptions } from './options.ts'
import type { Exact } from './options.ts'
import { parseParams, refuseMasks } from './parse-params.ts'
import type { TaskWith } from './handler-names.ts'
import { taskBrand } from './types.ts'
import { specKinds } from './task-spec.ts'
import type { TaskSpec, TaskValue } from './task-spec.ts'
import type { ApplyContext, CheckContext, Task, TaskOptions } from './types.ts'
import type { Verdict } from './verdict.ts'
import { findLocal, localPathsIn, namingPlaces } from './local-paths.ts'
import { plainMasks } from '../secret.ts'

/** The properties of a task definition for the command line and the documentation. */
export interface TaskInfo {
  /** The name on the command line. */
  readonly name: string
  /** One sentence: what the task does. */
  readonly description: string
  /** What its check reads on a host. */
  readonly reads: string | undefined
  /** Example parameters. */
  readonly example: unknown
  /** The schema of its parameters. It is made when it is first read, where the definition has a function that makes it. */
  readonly params: z.ZodType
  /**
   * How it runs: `idempotent` checks and applies, `always` applies in every run, `fact` only reads, `wait` waits for
   * its check, `aside` does not change the host.
   */
  readonly kind: 'idempotent' | 'always' | 'fact' | 'wait' | 'aside'
  /** Whether there are parameters with which nothing can be checked: then it applies in every run. */
  readonly unchecked: boolean
}

type Arguments<Input, Options> =
  Record<string, never> extends Input
    ? [params?: Input, options?: Options]
    : [params: Input, options?: Options]

/** Makes tasks of one definition. Its `info` describes the definition. */
export interface TaskFactory<Input = never, Value = unknown> {
  <const Options extends TaskOptions>(
    ...args: Arguments<Input, Exact<Options, TaskOptions>>
  ): TaskWith<Value, Options>
  /** What the command line and the documentation show of the definition. */
  readonly info: TaskInfo
  /** The same for untyped input, such as that of a command line: the schema checks it. */
  readonly from: (input: unknown, options?: TaskOptions) => Task<Value>
}

const kindOf = (spec: {
  readonly name: string
  readonly check?: unknown
  readonly apply?: unknown
  readonly until?: unknown
  readonly changes?: false
  readonly fixed?: true
}): TaskInfo['kind'] => {
  if (spec.changes === false) {
    if (spec.check === undefined && spec.apply !== undefined) return 'aside'
    throw new CoxswainError(
      'playbook-invalid',
      `task ${spec.name}: with changes: false, a task has an apply and no check`,
    )
  }
  if (spec.until !== undefined) {
    if (spec.check === undefined)
      throw new CoxswainError('playbook-invalid', `task ${spec.name}: a task that waits needs a check`)
    return spec.apply === undefined ? 'wait' : 'idempotent'
  }
  if (spec.check === undefined && spec.apply === undefined) {
    throw new CoxswainError('playbook-invalid', `task ${spec.name}: it needs a check or an apply`)
  }
  if (spec.fixed === true && (spec.apply !== undefined || spec.until !== undefined))
    throw new CoxswainError(
      'playbook-invalid',
      `task ${spec.name}: fixed is for a fact, a task with only a check`,
    )
  if (spec.check === undefined) return 'always'
  return spec.apply === undefined ? 'fact' : 'idempotent'
}

const kinds: ReadonlySet<unknown> = new Set(['ok', 'drift', 'unknown', 'pending'])

/** Checks that a check returned a verdict: plain JavaScript has no compiler to do it. */
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

/** Names the parameter that contains the mask of a secret in errors about masks. */
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

/** The schema of a definition, and the names of its parameters that are local paths; made by the first call. */
const schemaOf = <Schema extends z.ZodType>(
  spec: Pick<TaskSpec<Schema, void>, 'name' | 'params'>,
): (() => { readonly schema: Schema; readonly localPaths: readonly string[] }) =>
  once(() => {
    const invalid = (what: string, cause?: unknown): CoxswainError =>
      new CoxswainError('playbook-invalid', `task ${spec.name}: params ${what}`, {
        cause,
        hint: 'write params: z.object({ … }), or params: () => z.object({ … })',
      })
    let schema = spec.params
    if (!(schema instanceof z.ZodType)) {
      try {
        schema = schema()
      } catch (error) {
        if (isCoxswainError(error)) throw error
        throw invalid(`throws ${error instanceof Error ? error.message : inspect(error)}`, error)
      }
    }
    if (!(schema instanceof z.ZodType)) throw invalid(`returns ${inspect(schema)}`)
    return { schema, localPaths: localPathsIn(schema) }
  })

/** Parameters with their local paths found, and the paths that were tried where one was not. */
const withLocalPaths = <Params>(
  params: Params,
  names: readonly string[],
  origin: Error,
): { readonly params: Params; readonly tried: readonly string[] } => {
  if (names.length === 0 || typeof params !== 'object' || params === null) return { params, tried: [] }
  const folders = authorsFolders(origin)
  const found = names.flatMap((name) => {
    const given: unknown = Reflect.get(params, name)
    return typeof given === 'string' ? [[name, findLocal(given, folders)] as const] : []
  })
  return {
    params: { ...params, ...Object.fromEntries(found.map(([name, { path }]) => [name, path])) },
    tried: found.flatMap(([, { tried }]) => tried),
  }
}

/**
 * Defines a task: one subject, a `check` that only reads, and an `apply` that makes the changes.
 *
 * @throws `playbook-invalid` if it has neither, or waits without a check. The factory throws `params-invalid`.
 * @example
 * export const hostname = defineTask({
 *   name: 'hostname',
 *   description: 'Sets the host name.',
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
export function defineTask<Schema extends z.ZodType, Value = void, Applied = unknown>(
  spec: TaskSpec<Schema, Value, Applied>,
): TaskFactory<z.input<Schema>, TaskValue<Value, Applied>>
export function defineTask<Schema extends z.ZodType, Value>(
  spec: TaskSpec<Schema, Value>,
): TaskFactory<z.input<Schema>, Value> {
  checkOptions(`task ${spec.name}`, spec, specKinds)
  const parameters = schemaOf(spec)
  const info: TaskInfo = Object.freeze({
    name: spec.name,
    description: spec.description,
    reads: spec.reads,
    example: spec.example,
    get params() {
      return parameters().schema
    },
    kind: kindOf(spec),
    unchecked: spec.checkable !== undefined,
  })
  const { check, apply, explain } = spec
  const defined = hereTrace()
  let known: ReturnType<Task['definition']> | undefined
  const definition = (): ReturnType<Task['definition']> => {
    known ??= {
      source: [check, apply, spec.checkable].map(String).join('\n'),
      file: callersPlace(defined)?.file,
    }
    return known
  }
  const from = (input: unknown, options?: TaskOptions): Task<Value> => {
    const origin = hereTrace()
    const { schema, localPaths } = parameters()
    const { params: found, tried } = withLocalPaths(
      parseParams(spec.name, schema, input ?? {}),
      localPaths,
      origin,
    )
    // frozen: a check must not change what apply gets
    const params = deepFreeze(found)
    checkTaskOptions(`task ${spec.name}`, options ?? {})
    const work = <Result>(of: () => Promise<Result> | Result): Promise<Result> =>
      namingMasks(spec.name, params, () => namingPlaces(tried, of))
    return Object.freeze({
      [taskBrand]: true as const,
      name: spec.name,
      title: plainMasks(options?.title ?? spec.title?.(params) ?? spec.name),
      params,
      options: Object.freeze({ ...options }),
      check:
        check && spec.checkable?.(params) !== false
          ? async (ctx: CheckContext) => checked(spec.name, defined, await work(() => check(ctx, params)))
          : undefined,
      apply: apply && (async (ctx: ApplyContext) => work(() => apply(ctx, params))),
      explain: explain && ((ctx: CheckContext, failure: Failure) => explain(ctx, params, failure)),
      until: spec.until?.(params),
      guards: spec.guards?.(params) ?? false,
      knownAfter: spec.knownAfter?.(params) ?? false,
      needs: spec.needs && (() => work(() => spec.needs?.(params) ?? Promise.resolve())),
      brings: spec.brings?.(params) ?? false,
      writes: () => spec.writes?.(params) ?? [],
      makes: () => spec.makes?.(params) ?? [],
      changes: spec.changes !== false,
      fixed: spec.fixed === true,
      place: () => authorsPlace(origin),
      definedAt: () => callersPlace(defined),
      definition,
      sends: spec.sends?.(params) ?? [],
    })
  }
  // the names of handlers in its type are of no use at run time
  function make<const Options extends TaskOptions>(
    ...args: Arguments<z.input<Schema>, Exact<Options, TaskOptions>>
  ): TaskWith<Value, Options>
  function make(input?: z.input<Schema>, options?: TaskOptions): Task<Value> {
    return from(input, options)
  }
  return Object.assign(make, { info, from })
}

/** Whether a value is a task definition, as {@link defineTask} returns it, and not a role. */
export const isTaskFactory = (value: unknown): value is TaskFactory =>
  typeof value === 'function' &&
  'info' in value &&
  typeof value.info === 'object' &&
  value.info !== null &&
  'kind' in value.info &&
  value.info.kind !== 'role'
