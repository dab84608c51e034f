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
  /** The value of a fact. */
  readonly value?: unknown
}

/** The result of reading without changing anything: of the condition and of the check. */
export type Look = { readonly kind: 'skip' } | { readonly kind: 'apply-only' } | Verdict

/** The context for executing a task. */
export interface Execution {
  readonly host: string
  readonly watch: TaskWatch
  /** Whether the run is under `--check`, where nothing is applied. */
  readonly checkMode: boolean
  readonly checkContext: CheckContext
  readonly whenContext: WhenContext
  readonly applyContext: () => ApplyContext
  /** Under `--check`, whether an earlier task would change something. */
  readonly changePredicted: boolean
  /** Whether an earlier run, which this one resumes, started the task and did not complete it. */
  readonly unfinished: boolean
  /** Under `--check`, the title of an earlier task that would create files that it does not list on this host. */
  readonly brought?: string | undefined
  /** Paths that the check has read and that do not exist, and what it reported as absent. */
  readonly absent?: ReadonlySet<string> | undefined
  /** A check ahead of its turn that is still valid; undefined if it was too early. */
  readonly early?: Promise<Look | undefined> | undefined
  /** Checks whether the host would refuse what the task writes, and throws what the task would throw. */
  readonly trying: (task: Task) => Promise<void>
  /** Runs work that can change the host. */
  readonly changing: <Value>(work: () => Promise<Value>) => Promise<Value>
  readonly progress: (what: TaskProgress['what'], why?: string) => void
  /** Called after a wait, in which anything may have changed: invalidates what was read before. */
  readonly elapsed: () => void
}

/** How often a task can lose its connection before the host counts as unreachable. */
const allowedLosses = 2

const isLost = (error: unknown): boolean => isCoxswainError(error) && error.code === 'connection-lost'

/** Runs the check of a task, if it has one. */
const ask = async (task: Task, ctx: CheckContext): Promise<Look> => {
  if (task.check === undefined) {
    await task.needs?.()
    return { kind: 'apply-only' }
  }
  return onlyWaits(task) ? askUntilTimeout(task.check, ctx) : task.check(ctx)
}

/** Reads without changing anything: evaluates `when`, then runs the check. */
export const look = (task: Task, ctx: WhenContext, watch: TaskWatch): Promise<Look> =>
  watch.run(async () => {
    const { when } = task.options
    return when !== undefined && !(await holds(when, ctx)) ? { kind: 'skip' } : ask(task, ctx)
  })

/** Whether a task only waits until its check is ok. */
const onlyWaits = ({ apply, until }: Task): boolean => until !== undefined && apply === undefined

/** Repeats a read after a lost connection, which is always safe. */
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

/** The first check: the one ahead of its turn, if there is one. */
const firstLook = (task: Task, execution: Execution): Promise<Look> => {
  const { whenContext, watch } = execution
  let { early } = execution
  return again(execution, async () => {
    const taken = early
    early = undefined
    return (await taken) ?? look(task, whenContext, watch)
  })
}

/** Checks the result of an apply. `when` is not evaluated again, because it is about the state before. */
const lookAfter = (task: Task, execution: Execution): Promise<Look> =>
  again(execution, () => execution.watch.run(() => ask(task, execution.checkContext)))

/** The error to report: after an interrupt or a timeout, all running operations fail because of it. */
const explained = ({ watch: { signal } }: Pick<Execution, 'watch'>, error: unknown): unknown => {
  if (!signal.aborted) return error
  if (isCoxswainError(signal.reason)) return signal.reason
  if (isCoxswainError(error)) return error
  return new CoxswainError('interrupted', 'interrupted while waiting', { cause: error })
}

const failure = (host: string, error: unknown): TaskResult => {
  // a failure of another host, asked through ctx.on, does not make this one unreachable
  const ours = isCoxswainError(error) && (error.host ?? host) === host
  const unreachable = ours && isConnectionError(error.code)
  return { outcome: unreachable ? 'unreachable' : 'failed', changes: [], error }
}

/** The result of a failed task or condition: under `--check`, unknown if a predicted change can be the cause. */
export const resultOf = (
  caught: unknown,
  execution: Pick<Execution, 'host' | 'watch' | 'checkMode' | 'changePredicted'>,
): TaskResult => {
  const error = explained(execution, caught)
  if (execution.checkMode && execution.changePredicted && isCoxswainError(error) && isExcusable(error.code)) {
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

const checkFailed = (task: Task, seen: Look): CoxswainError => {
  const why = isVerdict(seen) ? missing(seen) : undefined
  return new CoxswainError('task-failed', why ?? `${task.title}: the check failed`)
}

/** Repeats the check until it returns ok, and reports what it waits for. */
const waitOut = async ({ check, until = defaultWait }: Task, execution: Execution): Promise<void> => {
  const { checkContext, elapsed, progress } = execution
  if (check === undefined) return
  try {
    await waitUntil(check, until, checkContext, (why) => {
      progress('waiting', why)
      // otherwise, facts that the check uses would never be read again
      elapsed()
    })
  } finally {
    elapsed()
  }
}

/** Checks that an apply has converged, and waits while the check returns pending. */
const prove = async (task: Task, execution: Execution): Promise<void> => {
  const { check, until } = task
  const waits = check !== undefined && until !== undefined
  const seen = waits ? await askUntilTimeout(check, execution.checkContext) : await lookAfter(task, execution)
  if (seen.kind === 'pending') await waitOut(task, execution)
  if (seen.kind === 'drift' || seen.kind === 'unknown') {
    throw new CoxswainError('not-converged', `applied, but its check still finds: ${missing(seen)}`)
  }
}

/** After a connection was lost during an apply: whether the work is done. */
const isDoneAfterLoss = async (task: Task, execution: Execution, cause: unknown): Promise<boolean> => {
  if (task.check === undefined) {
    const message = 'the connection was lost during the task, which has no check to find out what it did'
    throw new CoxswainError('outcome-unknown', message, { cause })
  }
  execution.progress('reconnecting', 'the connection was lost; checking what was done')
  const seen = await lookAfter(task, execution)
  if (seen.kind === 'ok' && task.guards) {
    const message = 'the connection was lost during the task, and its guard cannot tell whether it completed'
    throw new CoxswainError('outcome-unknown', message, { cause })
  }
  if (seen.kind === 'pending') await waitOut(task, execution)
  return seen.kind === 'ok' || seen.kind === 'pending'
}

/**
 * Applies a task and checks the result. After a lost connection, it checks before it applies again. Returns what
 * apply returned.
 */
const applyAndProve = async (task: Task, execution: Execution, seen: Look): Promise<unknown> => {
  const { check, apply } = task
  if (apply === undefined) throw checkFailed(task, seen)
  let said: unknown
  for (let lost = 0; ; lost += 1) {
    execution.progress('applying')
    try {
      const found = await execution.changing(() => execution.watch.run(() => apply(execution.applyContext())))
      // after a lost connection, its findings may be the work of the first attempt
      if (lost === 0) said = found
      break
    } catch (error) {
      if (!isLost(error) || lost >= allowedLosses) throw error
      // it is not known what the first attempt has changed
      if (await isDoneAfterLoss(task, execution, error)) return undefined
    }
  }
  if (check !== undefined) await prove(task, execution)
  return said
}

const isFinding = (said: unknown): said is Ok<unknown> | Drift =>
  typeof said === 'object' && said !== null && 'kind' in said && (said.kind === 'ok' || said.kind === 'drift')

/** The changes of a run: those of the check or, if only the apply could find them out, those of apply. */
const changedBy = ({ knownAfter }: Task, seen: Look, said: unknown): TaskResult => {
  if (seen.kind === 'drift' && !knownAfter) return { outcome: 'changed', changes: seen.changes }
  if (!(seen.kind === 'unknown' || knownAfter) || !isFinding(said)) return { outcome: 'changed', changes: [] }
  return said.kind === 'ok' ? { outcome: 'ok', changes: [] } : { outcome: 'changed', changes: said.changes }
}

/** Waits, without changing anything. Under `--check` it does not wait: the outcome is unknown. */
const waitFor = async (task: Task, execution: Execution, seen: Verdict): Promise<TaskResult> => {
  if (seen.kind === 'ok') return { outcome: 'ok', changes: [] }
  if (execution.checkMode) return { outcome: 'unknown', changes: [], why: `would wait: ${missing(seen)}` }
  await waitOut(task, execution)
  return { outcome: 'ok', changes: [] }
}

/** Runs a task that changes nothing on the host. */
const doAside = async ({ apply }: Task, execution: Execution): Promise<TaskResult> => {
  if (execution.checkMode) return { outcome: 'skipped', changes: [], why: 'not run under --check' }
  await execution.watch.run(async () => apply?.(execution.applyContext()))
  execution.elapsed()
  return { outcome: 'ok', changes: [] }
}

/**
 * Why an `ok` is unknown under `--check`: it depends on something that does not exist and that an earlier task may
 * create. That applies to paths that the task names, and to everything in a folder that does not exist.
 */
const whyUnknown = async (task: Task, execution: Execution): Promise<string | undefined> => {
  const { checkMode, brought, absent, checkContext } = execution
  if (!checkMode || brought === undefined || absent === undefined || task.check === undefined)
    return undefined
  // the check ahead of its turn did not record absent paths
  await again(execution, () => ask(task, checkContext))
  // a copy, because the query for the folder adds to the set
  const paths = Array.from(absent)
  for (const path of paths) {
    const folder = posix.dirname(path)
    if (!path.startsWith('/')) return `${path} does not exist, and may come with: ${brought}`
    if (namesPackagedPath(task.params, path)) return `${path} does not exist, and may come with: ${brought}`
    if (folder !== '/' && !(await checkContext.remote.exists(folder)))
      return `${path} does not exist, and may come with: ${brought}`
  }
  return undefined
}

/** The result of a task that an earlier run started and whose guard is satisfied now: completion is not proven. */
const begunEarlier = ({ checkMode }: Execution): TaskResult => {
  const why =
    'an earlier run started the task and did not complete it; its guard is satisfied now, but does not prove completion'
  if (checkMode) return { outcome: 'unknown', changes: [], why }
  const hint =
    'check what it has done; remove that to run it again, or run without --resume to accept it as done'
  return { outcome: 'failed', changes: [], error: new CoxswainError('outcome-unknown', why, { hint }) }
}

/** Executes a task on a host: check, apply if needed, check again. It never throws: failures are results. */
export const executeTask = async (task: Task, execution: Execution): Promise<TaskResult> => {
  try {
    refuseMaskedParams(task)
    const seen = await firstLook(task, execution)
    if (seen.kind === 'skip') return { outcome: 'skipped', changes: [], why: 'its condition is false' }
    if (seen.kind === 'pending' || (isVerdict(seen) && onlyWaits(task)))
      return await waitFor(task, execution, seen)
    if (!task.changes) return await doAside(task, execution)
    if (seen.kind === 'ok') {
      if (task.guards && execution.unfinished) return begunEarlier(execution)
      const why = await whyUnknown(task, execution)
      return why === undefined
        ? { outcome: 'ok', changes: [], value: seen.value }
        : { outcome: 'unknown', changes: [], why }
    }
    if (!execution.checkMode) return changedBy(task, seen, await applyAndProve(task, execution, seen))
    const changes = seen.kind === 'drift' ? seen.changes : []
    if (seen.kind === 'unknown') return { outcome: 'unknown', changes, why: seen.why }
    if (task.apply === undefined) throw checkFailed(task, seen)
    await again(execution, () => execution.watch.run(() => execution.trying(task)))
    if (task.knownAfter) return { outcome: 'unknown', changes: [], why: 'only known after it has run' }
    return { outcome: 'would change', changes }
  } catch (caught) {
    return resultOf(caught, execution)
  }
}
