/** Reads the values of steps that are made at their turn. */
import type { Outcome } from '../../dsl/outcome.ts'
import { describeSource, sourceOf } from '../../dsl/value-source.ts'
import type { AnySource, SourceParts } from '../../dsl/value-source.ts'
import type { Task } from '../../dsl/types.ts'
import { isConnectionError } from '../../error-kinds.ts'
import { isCoxswainError } from '../../errors.ts'
import type { ValueReader } from '../plan/given-task.ts'
import { atTheStep } from '../plan/source-hosts.ts'
import type { RunScope } from '../scope.ts'
import { factReader, oneHost, selectedHosts } from './contexts.ts'
import type { ContextOptions } from './contexts.ts'

/** What is known of tasks that have run. */
export interface TaskResults {
  /** The outcome of a task of this play on this host; undefined if it has not run. */
  readonly outcomeOf: (task: Task) => Outcome | undefined
  /** The value of a task in this run on a host. */
  readonly valueOf: <Value>(host: string, task: Task<Value>) => { readonly value: Value } | undefined
}

/** Where values are read. */
export interface Reading extends TaskResults {
  readonly scope: RunScope
  /** The host of the step. */
  readonly host: string
  /** The options of contexts on that host. */
  readonly options: ContextOptions
  readonly checkMode: boolean
}

type One =
  | { readonly kind: 'known'; readonly value: unknown }
  | { readonly kind: 'unknown' | 'none'; readonly why: string }

/** The options in which a fact is read: its own, and those around it. */
const optionsFor = (task: Task, options: ContextOptions): ContextOptions => {
  const { become, env, cwd } = task.options
  return {
    ...options,
    become: become ?? options.become,
    env: env === undefined ? options.env : { ...options.env, ...env },
    cwd: cwd ?? options.cwd,
  }
}

/** Under `--check`, why a fact may have another value at its turn in a run; undefined if it cannot. */
export const whyItMayChange = (scope: RunScope, host: string, { fixed }: Task): string | undefined => {
  const predicted = fixed ? undefined : scope.predictedBy.get(host)
  return predicted && `it may change: ${predicted} would change ${host} before it is read`
}

/** Reads a fact. Under `--check`, it is unknown if it may change before its turn in a run. */
const readFact = async (task: Task, { scope, host, options, checkMode }: Reading): Promise<One> => {
  const why = checkMode ? whyItMayChange(scope, host, task) : undefined
  if (why !== undefined) return { kind: 'unknown', why }
  const value = await factReader(scope, host, optionsFor(task, options))(task)
  return { kind: 'known', value }
}

const outcomesWithoutValue: Readonly<Partial<Record<Outcome, string>>> = {
  skipped: 'the task was skipped',
  ok: 'the task had nothing to do, and gives it only when it acts',
  changed: 'the task gave none',
  ignored: 'the task failed',
  rescued: 'the task failed',
}

/** The value of a task that acts: it has had its turn, unless this run leaves it out. */
const readOutput = (task: Task, { scope, host, outcomeOf, valueOf }: Reading): One => {
  const known = valueOf(host, task)
  if (known !== undefined) return { kind: 'known', value: known.value }
  if (scope.givesLater(host, task))
    return { kind: 'unknown', why: 'the task gives it when it acts, and --check does not make it act' }
  const outcome = outcomeOf(task)
  const why = outcome === undefined ? undefined : outcomesWithoutValue[outcome]
  return { kind: 'none', why: why ?? `the task has not run on ${host} in this run` }
}

const readOn = async (task: Task, reading: Reading): Promise<One> =>
  task.apply === undefined ? readFact(task, reading) : readOutput(task, reading)

/** The reading of another host: with its own user, and without the outcomes of this host. */
const elsewhere = (reading: Reading, host: string): Reading =>
  host === reading.host
    ? reading
    : {
        ...reading,
        host,
        options: { ...reading.options, become: reading.scope.host(host).become },
        outcomeOf: () => undefined,
      }

/** The value of a host, or what takes its place. */
const readOr = async ({ task, instead }: SourceParts, reading: Reading): Promise<One> => {
  try {
    const read = await readOn(task, reading)
    return read.kind === 'none' && instead !== undefined ? { kind: 'known', value: instead.value } : read
  } catch (error) {
    if (instead !== undefined && isCoxswainError(error) && isConnectionError(error.code))
      return { kind: 'known', value: instead.value }
    throw error
  }
}

const readOne = async (source: AnySource, reading: Reading): Promise<One> => {
  const { scope, options } = reading
  const spec = sourceOf(source)
  const { hosts } = spec
  if (hosts === undefined) return readOr(spec, reading)
  const { signal } = options.watch
  if (!hosts.each) {
    const host = await oneHost(scope, hosts.selector, signal)
    return readOr(spec, elsewhere(reading, host))
  }
  const names = await selectedHosts(scope, hosts.selector, signal)
  const all = await Promise.all(
    names.map(async (host) => {
      await scope.ready(host)
      return { host, read: await readOr(spec, elsewhere(reading, host)) }
    }),
  )
  const values: { readonly host: string; readonly value: unknown }[] = []
  for (const { host, read } of all) {
    if (read.kind !== 'known') return { ...read, why: `on ${host}: ${read.why}` }
    values.push({ host, value: read.value })
  }
  return { kind: 'known', value: values }
}

/**
 * Reads the values of a step, all at once. The redactor learns the secrets in them.
 *
 * @throws the error of a value that cannot be read, with the host that it is of.
 */
export const valueReader =
  (reading: Reading): ValueReader =>
  async (sources) => {
    const read = await Promise.all(
      Object.entries(sources).map(async ([name, source]) => ({
        name,
        source,
        one: await readOne(source, reading).catch((error: unknown) => {
          throw atTheStep(error, name, source)
        }),
      })),
    )
    const values: Record<string, unknown> = {}
    for (const { name, source, one } of read) {
      if (one.kind !== 'known')
        return { kind: one.kind, why: `${name} from ${describeSource(source)}: ${one.why}` }
      reading.scope.redactor.learn(one.value)
      values[name] = one.value
    }
    return { kind: 'known', values }
  }
