/** Runs a task on a host, and emits its events. */
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { once } from '../../once.ts'
import { describeSelector } from '../../dsl/select.ts'
import { now } from '../clock.ts'
import { checkContext, oneHost, taskContexts } from './contexts.ts'
import type { ContextOptions } from './contexts.ts'
import type { Outcome, TaskProgress, TaskRef } from '../events.ts'
import { executeTask } from './execute-task.ts'
import { onlyWaits, lookContext } from './execution.ts'
import type { Look, TaskResult } from './execution.ts'
import { explainFailure, explainSeconds } from './explain-failure.ts'
import type { HostContext } from '../host-context.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import { maskedJson } from '../masking/masked-json.ts'
import type { Redactor } from '../masking/redactor.ts'
import { shortened } from '../masking/shortened.ts'
import { provided, refOf, reportEnd, reportResult, reportSkipped } from './report-task.ts'
import { withRetries } from './retry.ts'
import { limitTransferReports } from './transfers.ts'
import { TaskStreams } from './task-streams.ts'
import { TaskWatch } from './task-watch.ts'
import type { Reading } from './values.ts'

/** The outcome of a task, and whether it has begun, or would begin, to change the host. */
export interface Ended {
  readonly outcome: Outcome
  readonly began: boolean
  /** What it gave; undefined if it gave nothing. */
  readonly value?: unknown
}

export interface TaskRunOptions {
  /** Returns a check ahead of its turn, if it is still valid when the task begins. */
  readonly early?: () => Promise<Look | undefined> | undefined
  /** Whether a surrounding block has a rescue. */
  readonly rescuable: boolean
}

/** The value of a fact as text. */
const textOf = ({ value, shown }: TaskResult, redactor: Redactor): string =>
  shown?.text ?? (typeof value === 'string' ? value : maskedJson(value, redactor))

/** The host that a task runs on: its own, or the one that it is delegated to. */
export const placeOf = async (run: HostContext, { settings: { on } }: PlannedTask): Promise<string> =>
  on === undefined ? run.host : oneHost(run.scope, on, run.signal)

/** Converts the result of a delegated task for the host that it was run for. */
export const onBehalf = (host: string, place: string, result: TaskResult): TaskResult =>
  // an unreachable delegate does not make this host unreachable
  place !== host && result.outcome === 'unreachable' ? { ...result, outcome: 'failed' } : result

/** The options of a task's contexts. */
export const contextOptions = (
  { scope }: HostContext,
  { settings: { become, env, cwd } }: PlannedTask,
  place: string,
  watch: TaskWatch,
): ContextOptions => ({ become: become ?? scope.host(place).become, env, cwd, watch })

/** Where the values are read that a task of the run depends on. */
export const readingOf = (
  { scope, checkMode, outcomeOf }: HostContext,
  host: string,
  options: ContextOptions,
): Reading => ({
  scope,
  host,
  options,
  checkMode,
  outcomeOf,
  valueOf: (of, task) => scope.valueOf(of, task),
})

/** After a successful attempt: a failure if the `until` of its retry returns false. */
const heldBack = async (
  { task: { options } }: PlannedTask,
  context: ContextOptions & { readonly run: HostContext; readonly place: string },
): Promise<TaskResult | undefined> => {
  const { run, place, watch } = context
  const until = options.retry?.until
  if (until === undefined || run.checkMode) return undefined
  const holds = await watch.run(async () => until(checkContext(run.scope, place, context)))
  if (holds) return undefined
  const error = new CoxswainError('task-failed', 'the condition of its retry (until) is false')
  return { outcome: 'failed', changes: [], error }
}

/** Asks the user whether to run the task, if tasks are confirmed. An interrupt counts as no. */
const confirmed = async ({ confirm }: HostContext, ref: TaskRef): Promise<boolean> => {
  try {
    return confirm === undefined || (await confirm(ref))
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'interrupted') return false
    throw error
  }
}

/** Runs a task on its host, and emits its events. */
export const runTask = async (
  run: HostContext,
  planned: PlannedTask,
  { early, rescuable }: TaskRunOptions,
): Promise<Ended> => {
  const { scope, host, emit, checkMode } = run
  const { task, notifies, settings } = planned
  // it only reads for other steps: the user is not asked about it, and its value is not shown
  const silent = planned.makesTasks === true
  await scope.pause()
  let place: string
  try {
    place = await placeOf(run, planned)
  } catch (error) {
    const where = settings.on === undefined ? '' : `on ${describeSelector(settings.on)}`
    return {
      outcome: reportResult(run, planned, { outcome: 'failed', changes: [], why: where, error }, rescuable),
      began: false,
    }
  }
  const ref = refOf(run, planned, place)
  if (!silent && !(await confirmed(run, ref))) {
    reportSkipped(run, planned, 'skipped at the prompt')
    return { outcome: 'skipped', began: false }
  }
  const since = performance.now()
  emit({ type: 'task-start', time: now(), task: ref })
  const streams = new TaskStreams(scope.redactor, (stream, line) =>
    emit({ type: 'task-output', time: now(), task: ref, stream, line: scope.redactor.text(line) }),
  )
  let began = false
  const progress = (what: TaskProgress['what'], why?: string): void => {
    // an incomplete line ends before the next step
    streams.end('stdout', 'stderr')
    if (what === 'applying' && task.changes) {
      // before the change, so that it is recorded even if this process is killed
      if (!began && notifies.length > 0)
        emit({ type: 'handlers-due', time: now(), task: ref, handlers: notifies })
      began = true
    }
    const said = why === undefined ? undefined : shortened(scope.redactor, why)
    emit({ type: 'task-progress', time: now(), task: ref, what, why: said })
  }

  let attempts = 0
  const attempt = async (): Promise<TaskResult> => {
    attempts += 1
    // what was read before the delay is outdated
    if (attempts > 1) scope.changed(place)
    const watch = new TaskWatch(run.signal, task.options.timeout)
    const options: ContextOptions = {
      ...contextOptions(run, planned, place, watch),
      onOutput: (stream, text) => streams.push(stream, text),
      onTransfer: limitTransferReports((transfer) =>
        emit({ type: 'task-transfer', time: now(), task: ref, ...transfer }),
      ),
      onLog: (text) => streams.push('log', `${text}\n`),
    }
    const brought = checkMode ? scope.brought.get(place) : undefined
    const absent = brought === undefined ? undefined : new Set<string>()
    const onAbsent = absent && ((path: string) => void absent.add(path))
    const contexts = once(() => taskContexts(scope, place, { ...options, ...(onAbsent && { onAbsent }) }))
    try {
      const result = await executeTask(task, {
        host: place,
        checkMode,
        watch,
        ...lookContext(() => contexts().looking, readingOf(run, place, options)),
        applyContext: () => contexts().applying(),
        trying: (one) => contexts().trying(one),
        early: attempts === 1 ? early?.() : undefined,
        changePredicted: scope.changePredicted,
        unfinished: run.unfinished(task),
        isSource: planned.isSource === true,
        brought,
        absent,
        changing: (work) => scope.changing(place, work),
        progress,
        elapsed: () => scope.changed(place),
      })
      if (result.outcome !== 'ok' && result.outcome !== 'changed') return result
      return (await heldBack(planned, { ...options, run, place })) ?? result
    } catch (error) {
      return { outcome: 'failed', changes: [], error }
    } finally {
      watch.end()
    }
  }
  /** With what the host knows of the cause of a failure, if the task tried to do something. */
  const explainedResult = async (end: TaskResult): Promise<TaskResult> => {
    if (checkMode || !(began || onlyWaits(task))) return end
    const watch = new TaskWatch(run.signal, explainSeconds)
    const seconds = (performance.now() - since) / 1000
    const reading = () => checkContext(scope, place, contextOptions(run, planned, place, watch))
    try {
      return await explainFailure(task, end, seconds, (work) => watch.run(() => work(reading())))
    } finally {
      watch.end()
    }
  }
  const ways = {
    guards: task.guards,
    once: attempt,
    again: (why: string) => progress('retrying', why),
    ends: [run.signal, run.stopping],
  }
  const result = await explainedResult(
    await withRetries(checkMode ? undefined : task.options.retry, ways, () => began),
  )
  // a fact only has its value to show
  if (!silent && task.apply === undefined && result.value !== undefined)
    streams.push('log', `${textOf(result, scope.redactor)}\n`)
  streams.end('stdout', 'stderr', 'log')
  const own = onBehalf(host, place, result)
  const outcome = provided(own, planned, rescuable)
  if (checkMode && task.brings && (outcome === 'would change' || outcome === 'unknown'))
    scope.brought.set(place, task.title)
  if (outcome === 'would change') scope.predict(place, task)
  if (outcome === 'would change' || outcome === 'unknown') {
    scope.changePredicted = true
    if (!scope.predictedBy.has(place)) scope.predictedBy.set(place, `"${task.title}"`)
  }
  reportEnd(run, planned, { ref, result: own, outcome, began: since })
  // a host that was never reached was not changed, nor was one for which apply returned ok
  const changing = began && outcome !== 'ok' && (outcome !== 'unreachable' || scope.reached.has(place))
  return { outcome, began: changing || outcome === 'would change', value: result.value }
}
