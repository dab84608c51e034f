import { posix } from 'node:path'
import type { ApplyContext, CheckContext, Task, WhenContext } from '../../dsl/types.ts'
import { refuseMaskedParams } from '../../dsl/parse-params.ts'
import type { Change, Drift, Ok, Verdict } from '../../dsl/verdict.ts'
import { isConnectionError, isExcusable } from '../../error-kinds.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Outcome, TaskProgress } from '../events.ts'
import { holds } from './condition.ts'
import type { TaskWatch } from './task-watch.ts'
import { askUntilTimeout, missing, defaultWait, waitUntil } from './wait.ts'
import { namesPackagedPath } from './packaged-path.ts'

export interface TaskResult {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  readonly why?: string | undefined
  readonly error?: unknown
  /** What a fact has read. */
  readonly value?: unknown
}

/** What was seen without changing anything: whether the task is wanted, and what its check says. */
export type Look = { readonly kind: 'skip' } | { readonly kind: 'apply-only' } | Verdict

/** What executing a task needs of the run around it. */
export interface Execution {
  readonly host: string
  readonly watch: TaskWatch
  /** Under `--check` nothing is applied. */
  readonly checkMode: boolean
  readonly checkContext: CheckContext
  readonly whenContext: WhenContext
  readonly applyContext: () => ApplyContext
  /** Whether something before this task would have changed something, had this not been `--check`. */
  readonly foretold: boolean
  /** Whether an earlier run, which this one goes on with, began it and did not see it come to its end. */
  readonly unfinished: boolean
  /** What would have brought files to this host that are not known before, had this not been `--check`. */
  readonly brought?: string | undefined
  /** Paths that the check has looked for, and that are not there; and what else it says is not. */
  readonly absent?: ReadonlySet<string> | undefined
  /** A look that was taken ahead, when it is still worth something; it gives undefined when it was too early to look. */
  readonly early?: Promise<Look | undefined> | undefined
  /** Looks whether the host would refuse what the task writes, and throws what the task would throw. */
  readonly trying: (task: Task) => Promise<void>
  /** Runs what may change the host. */
  readonly changing: <Value>(work: () => Promise<Value>) => Promise<Value>
  readonly progress: (what: TaskProgress['what'], why?: string) => void
  /** Time has gone by, in which anything may have changed: what was seen before it is worth nothing now. */
  readonly elapsed: () => void
}

/** How often one task may lose its connection before the host counts as unreachable. */
const allowedLosses = 2

const isLost = (error: unknown): boolean => isCoxswainError(error) && error.code === 'connection-lost'

/** Asks the check of a task that has one. */
const ask = async (task: Task, ctx: CheckContext): Promise<Look> => {
  if (task.check === undefined) {
    await task.needs?.()
    return { kind: 'apply-only' }
  }
  return onlyWaits(task) ? askUntilTimeout(task.check, ctx) : task.check(ctx)
}

/** Looks without changing anything: `when`, then the check. */
export const look = (task: Task, ctx: WhenContext, watch: TaskWatch): Promise<Look> =>
  watch.whole(async () => {
    const { when } = task.options
    return when !== undefined && !(await holds(when, ctx)) ? { kind: 'skip' } : ask(task, ctx)
  })

/** A task that changes nothing: whatever its check misses, it waits for. */
const onlyWaits = ({ apply, until }: Task): boolean => until !== undefined && apply === undefined

/** Reading that survives a lost connection: looking again is always safe. */
export const again = async <Value>(
  { progress }: Pick<Execution, 'progress'>,
  read: () => Promise<Value>,
): Promise<Value> => {
  for (let lost = 0; ; lost += 1) {
    try {
      return await read()
    } catch (error) {
      if (!isLost(error) || lost >= allowedLosses) throw error
      progress('reconnecting')
    }
  }
}

/** The first look: the one that was taken ahead, where there is one. */
const firstLook = (task: Task, execution: Execution): Promise<Look> => {
  const { whenContext, watch } = execution
  let { early } = execution
  return again(execution, async () => {
    const taken = early
    early = undefined
    return (await taken) ?? look(task, whenContext, watch)
  })
}

/** Looks what has come of an apply. Only the check counts: `when` asks about the world before. */
const lookAfter = (task: Task, execution: Execution): Promise<Look> =>
  again(execution, () => execution.watch.whole(() => ask(task, execution.checkContext)))

/** What a failure is of, once the run is interrupted or the task out of time: whatever was under way fails then. */
const explained = ({ watch: { signal } }: Pick<Execution, 'watch'>, error: unknown): unknown => {
  if (!signal.aborted) return error
  if (isCoxswainError(signal.reason)) return signal.reason
  if (isCoxswainError(error)) return error
  return new CoxswainError('interrupted', 'interrupted while it waited', { cause: error })
}

const failure = (host: string, error: unknown): TaskResult => {
  // a failure of another host, asked through ctx.on, does not make this one unreachable
  const ours = isCoxswainError(error) && (error.host ?? host) === host
  const unreachable = ours && isConnectionError(error.code)
  return { outcome: unreachable ? 'unreachable' : 'failed', changes: [], error }
}

/** What an error makes of a task, or of a condition: under `--check` it may come of what was not done. */
export const resultOf = (
  caught: unknown,
  execution: Pick<Execution, 'host' | 'watch' | 'checkMode' | 'foretold'>,
): TaskResult => {
  const error = explained(execution, caught)
  if (execution.checkMode && execution.foretold && isCoxswainError(error) && isExcusable(error.code)) {
    const words = error.code === 'write-failed' ? error.output?.split('\n').at(-1) : undefined
    const reason = [error.message, ...(words === undefined ? [] : [words])].join(': ')
    return {
      outcome: 'unknown',
      changes: [],
      why: `depends on a change that --check did not make: ${reason}`,
    }
  }
  return failure(execution.host, error)
}

const isVerdict = (seen: Look): seen is Verdict => seen.kind !== 'skip' && seen.kind !== 'apply-only'

const doesNotHold = (task: Task, seen: Look): CoxswainError => {
  const why = isVerdict(seen) ? missing(seen) : undefined
  return new CoxswainError('task-failed', why ?? `${task.title} does not hold`)
}

/** Asks the check until it says ok, and tells what it waits for. */
const waitOut = async ({ check, until = defaultWait }: Task, execution: Execution): Promise<void> => {
  const { checkContext, elapsed, progress } = execution
  if (check === undefined) return
  try {
    await waitUntil(check, until, checkContext, (why) => {
      progress('waiting', why)
      // or facts that the check asks for would never be read anew
      elapsed()
    })
  } finally {
    elapsed()
  }
}

/** Whether what was applied now holds, or does when what it set going has settled. */
const prove = async (task: Task, execution: Execution): Promise<void> => {
  const { check, until } = task
  const patiently = check !== undefined && until !== undefined
  const seen = patiently
    ? await askUntilTimeout(check, execution.checkContext)
    : await lookAfter(task, execution)
  if (seen.kind === 'pending') await waitOut(task, execution)
  if (seen.kind === 'drift' || seen.kind === 'unknown') {
    throw new CoxswainError('not-converged', `applied, but its check still finds: ${missing(seen)}`)
  }
}

/** After a connection that was lost in the middle of an apply: whether it is done all the same. */
const doneAllTheSame = async (task: Task, execution: Execution, cause: unknown): Promise<boolean> => {
  if (task.check === undefined) {
    const message =
      'the connection was lost while it ran, and this task has no check that could tell what it did'
    throw new CoxswainError('outcome-unknown', message, { cause })
  }
  execution.progress('reconnecting', 'the connection was lost in the middle; looking what was done')
  const seen = await lookAfter(task, execution)
  if (seen.kind === 'ok' && task.guards) {
    const message =
      'the connection was lost while it ran, and what guards it cannot tell whether it came to its end'
    throw new CoxswainError('outcome-unknown', message, { cause })
  }
  if (seen.kind === 'pending') await waitOut(task, execution)
  return seen.kind === 'ok' || seen.kind === 'pending'
}

/** Applies and proves it. What might have happened already is looked at before it is done again. Gives what apply said. */
const applyAndProve = async (task: Task, execution: Execution, seen: Look): Promise<unknown> => {
  const { check, apply } = task
  if (apply === undefined) throw doesNotHold(task, seen)
  let said: unknown
  for (let lost = 0; ; lost += 1) {
    execution.progress('applying')
    try {
      const found = await execution.changing(() =>
        execution.watch.whole(() => apply(execution.applyContext())),
      )
      // what it finds after a loss may be the work of the attempt that was lost
      if (lost === 0) said = found
      break
    } catch (error) {
      if (!isLost(error) || lost >= allowedLosses) throw error
      // what the first attempt has changed by then, nobody can tell
      if (await doneAllTheSame(task, execution, error)) return undefined
    }
  }
  if (check !== undefined) await prove(task, execution)
  return said
}

const isFinding = (said: unknown): said is Ok<unknown> | Drift =>
  typeof said === 'object' && said !== null && 'kind' in said && (said.kind === 'ok' || said.kind === 'drift')

/** What a run has changed: as the check said, or, where it could not know, as apply found. */
const changedBy = (seen: Look, said: unknown): TaskResult => {
  if (seen.kind === 'drift') return { outcome: 'changed', changes: seen.changes }
  if (seen.kind !== 'unknown' || !isFinding(said)) return { outcome: 'changed', changes: [] }
  return said.kind === 'ok' ? { outcome: 'ok', changes: [] } : { outcome: 'changed', changes: said.changes }
}

/** Waits, without changing anything. Under `--check` it does not: what does not hold yet cannot be known. */
const waitFor = async (task: Task, execution: Execution, seen: Verdict): Promise<TaskResult> => {
  if (seen.kind === 'ok') return { outcome: 'ok', changes: [] }
  if (execution.checkMode) return { outcome: 'unknown', changes: [], why: `would wait: ${missing(seen)}` }
  await waitOut(task, execution)
  return { outcome: 'ok', changes: [] }
}

/** Does what changes nothing on the host. */
const doAside = async ({ apply }: Task, execution: Execution): Promise<TaskResult> => {
  if (execution.checkMode) return { outcome: 'skipped', changes: [], why: 'left out under --check' }
  await execution.watch.whole(async () => apply?.(execution.applyContext()))
  execution.elapsed()
  return { outcome: 'ok', changes: [] }
}

/**
 * Why an `ok` is not known under `--check`: it rests on something that is not there and may come with what was not installed.
 * That is so for what the task itself names, and for everything in a folder that is not there either.
 */
const doubt = async (task: Task, execution: Execution): Promise<string | undefined> => {
  const { checkMode, brought, absent, checkContext } = execution
  if (!checkMode || brought === undefined || absent === undefined || task.check === undefined)
    return undefined
  // the look may have been taken ahead, by somebody else
  await again(execution, () => ask(task, checkContext))
  // asking for the folder adds to what is looked through, so a copy is
  const paths = Array.from(absent)
  for (const path of paths) {
    const folder = posix.dirname(path)
    if (!path.startsWith('/')) return `${path} does not exist, and may come with: ${brought}`
    if (namesPackagedPath(task.params, path)) return `${path} is not there, and may come with: ${brought}`
    if (folder !== '/' && !(await checkContext.remote.exists(folder)))
      return `${path} is not there, and may come with: ${brought}`
  }
  return undefined
}

/** What is known of a task that an earlier run began, when its guard holds now: not that it came to its end. */
const begunEarlier = ({ checkMode }: Execution): TaskResult => {
  const why =
    'an earlier run began it and did not see it end; what guards it holds now, but is no proof that it was done'
  if (checkMode) return { outcome: 'unknown', changes: [], why }
  const hint =
    'look at what it has done; remove that to have it done again, or run without --resume to take it as done'
  return { outcome: 'failed', changes: [], error: new CoxswainError('outcome-unknown', why, { hint }) }
}

/** Executes a task on a host: look, apply where there is need, look again. It never throws: failures are results. */
export const executeTask = async (task: Task, execution: Execution): Promise<TaskResult> => {
  try {
    refuseMaskedParams(task)
    const seen = await firstLook(task, execution)
    if (seen.kind === 'skip') return { outcome: 'skipped', changes: [], why: 'its condition does not hold' }
    if (seen.kind === 'pending' || (isVerdict(seen) && onlyWaits(task)))
      return await waitFor(task, execution, seen)
    if (!task.changes) return await doAside(task, execution)
    if (seen.kind === 'ok') {
      if (task.guards && execution.unfinished) return begunEarlier(execution)
      const why = await doubt(task, execution)
      return why === undefined
        ? { outcome: 'ok', changes: [], value: seen.value }
        : { outcome: 'unknown', changes: [], why }
    }
    if (!execution.checkMode) return changedBy(seen, await applyAndProve(task, execution, seen))
    const changes = seen.kind === 'drift' ? seen.changes : []
    if (seen.kind === 'unknown') return { outcome: 'unknown', changes, why: seen.why }
    if (task.apply === undefined) throw doesNotHold(task, seen)
    await again(execution, () => execution.watch.whole(() => execution.trying(task)))
    return { outcome: 'would change', changes }
  } catch (caught) {
    return resultOf(caught, execution)
  }
}
