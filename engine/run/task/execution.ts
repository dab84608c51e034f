/** What the execution of a task depends on, and its reads. */
import type { ApplyContext, CheckContext, Task, WhenContext } from '../../dsl/types.ts'
import type { Shown } from '../../dsl/cards.ts'
import type { Change, Verdict } from '../../dsl/verdict.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Outcome, TaskProgress } from '../events.ts'
import { NoValue, isGivenTask } from '../plan/given-task.ts'
import { holds } from './condition.ts'
import { once } from '../../once.ts'
import type { TaskWatch } from './task-watch.ts'
import { valueReader } from './values.ts'
import type { Reading } from './values.ts'
import { askUntilTimeout, defaultWait, missing, waitUntil } from './wait.ts'
import { whenContext } from './when-context.ts'

export interface TaskResult {
  readonly outcome: Outcome
  readonly changes: readonly Change[]
  readonly why?: string | undefined
  readonly error?: unknown
  /** What the task gave: the value of a fact, the output of a task that acted. */
  readonly value?: unknown
  /** How people see the value; as JSON by default. */
  readonly shown?: Shown | undefined
}

/** The result of reading without changing anything: of the condition and of the check. */
export type Look =
  | { readonly kind: 'skip'; readonly why?: string }
  | { readonly kind: 'apply-only' }
  | Verdict

/** What a task is looked at with. Contexts are made when they are first used: most tasks need one of them, at most once. */
export interface LookContext {
  readonly checkContext: () => CheckContext
  readonly whenContext: () => WhenContext
  /** Where the values of a step are read. */
  readonly reading: Reading
}

/** What a task is looked at with on a host. */
export const lookContext = (context: () => CheckContext, reading: Reading): LookContext => {
  const checkContext = once(context)
  return { checkContext, whenContext: () => whenContext(checkContext(), reading), reading }
}

/** The context for executing a task. */
export interface Execution extends LookContext {
  readonly host: string
  readonly watch: TaskWatch
  /** Whether the run is under `--check`, where nothing is applied. */
  readonly checkMode: boolean
  readonly applyContext: () => ApplyContext
  /** Under `--check`, whether an earlier task would change something. */
  readonly changePredicted: boolean
  /** Whether an earlier run, which this one resumes, started the task and did not complete it. */
  readonly unfinished: boolean
  /** Whether later steps use its value: they can make what its guard looks at. */
  readonly isSource?: boolean
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
export const allowedLosses = 2

export const isLost = (error: unknown): boolean => isCoxswainError(error) && error.code === 'connection-lost'

/** Runs the check of a task, if it has one. */
export const ask = async (task: Task, { checkContext, reading }: LookContext): Promise<Look> => {
  if (isGivenTask(task)) return task.makeFrom(valueReader(reading))
  if (task.check === undefined) {
    await task.needs?.()
    return { kind: 'apply-only' }
  }
  const ctx = checkContext()
  return onlyWaits(task) ? askUntilTimeout(task.check, ctx) : task.check(ctx)
}

/** Reads without changing anything: evaluates `when`, then runs the check. */
export const look = (task: Task, context: LookContext, watch: TaskWatch): Promise<Look> =>
  watch.run(async () => {
    const { when } = task.options
    if (when !== undefined && !(await holds(when, context.whenContext()))) return { kind: 'skip' }
    try {
      return await ask(task, context)
    } catch (error) {
      if (error instanceof NoValue) return { kind: 'skip', why: error.message }
      throw error
    }
  })

/** Whether a task only waits until its check is ok. */
export const onlyWaits = ({ apply, until }: Task): boolean => until !== undefined && apply === undefined

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

export const isVerdict = (seen: Look): seen is Verdict => seen.kind !== 'skip' && seen.kind !== 'apply-only'

export const checkFailed = (task: Task, seen: Look): CoxswainError => {
  const why = isVerdict(seen) ? missing(seen) : undefined
  return new CoxswainError('task-failed', why ?? `${task.title}: the check failed`)
}

/** Repeats the check until it returns ok, and reports what it waits for. Returns its value. */
export const waitOut = async (
  { check, until = defaultWait }: Task,
  execution: Execution,
): Promise<unknown> => {
  const { checkContext, elapsed, progress } = execution
  if (check === undefined) return undefined
  try {
    return await waitUntil(check, until, checkContext(), (why) => {
      progress('waiting', why)
      // otherwise, facts that the check uses would never be read again
      elapsed()
    })
  } finally {
    elapsed()
  }
}
