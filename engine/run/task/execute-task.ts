import { posix } from 'node:path'
import type { Task } from '../../dsl/types.ts'
import { refuseMaskedParams } from '../../dsl/parse-params.ts'
import type { Verdict } from '../../dsl/verdict.ts'
import { isConnectionError, isExcusable } from '../../error-kinds.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { applyAndProve, changedBy, gaveBy } from './apply-task.ts'
import { again, ask, checkFailed, isVerdict, look, onlyWaits, waitOut } from './execution.ts'
import type { Execution, Look, TaskResult } from './execution.ts'
import { missing } from './wait.ts'
import { namesPackagedPath } from './packaged-path.ts'

/** The first check: the one ahead of its turn, if there is one. */
const firstLook = (task: Task, execution: Execution): Promise<Look> => {
  let { early } = execution
  return again(execution, async () => {
    const taken = early
    early = undefined
    return (await taken) ?? look(task, execution, execution.watch)
  })
}

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

/** Waits, without changing anything. Under `--check` it does not wait: the outcome is unknown. */
const waitFor = async (task: Task, execution: Execution, seen: Verdict): Promise<TaskResult> => {
  if (seen.kind === 'ok') return { outcome: 'ok', changes: [], value: seen.value, shown: seen.shown }
  if (execution.checkMode) return { outcome: 'unknown', changes: [], why: `would wait: ${missing(seen)}` }
  return { outcome: 'ok', changes: [], value: await waitOut(task, execution) }
}

/** Runs a task that changes nothing on the host. */
const doAside = async ({ apply }: Task, execution: Execution): Promise<TaskResult> => {
  if (execution.checkMode) return { outcome: 'skipped', changes: [], why: 'not run under --check' }
  const said = await execution.watch.run(async () => apply?.(execution.applyContext()))
  execution.elapsed()
  return { outcome: 'ok', changes: [], value: gaveBy(said) }
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
  await again(execution, () => ask(task, execution))
  // a copy, because the query for the folder adds to the set
  const paths = Array.from(absent)
  for (const path of paths) {
    const folder = posix.dirname(path)
    if (!path.startsWith('/')) return `${path} does not exist, and may come with: ${brought}`
    if (namesPackagedPath(task.params, path)) return `${path} does not exist, and may come with: ${brought}`
    if (folder !== '/' && !(await checkContext().remote.exists(folder)))
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
    if (seen.kind === 'skip')
      return { outcome: 'skipped', changes: [], why: seen.why ?? 'its condition is false' }
    if (seen.kind === 'pending' || (isVerdict(seen) && onlyWaits(task)))
      return await waitFor(task, execution, seen)
    if (!task.changes) return await doAside(task, execution)
    if (seen.kind === 'ok') {
      if (task.guards && execution.unfinished) return begunEarlier(execution)
      const why = await whyUnknown(task, execution)
      return why === undefined
        ? { outcome: 'ok', changes: [], value: seen.value, shown: seen.shown }
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
