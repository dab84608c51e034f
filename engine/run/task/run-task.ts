/** One task on one host, told from its start to its end. */
import { authorsPlace, blamed } from '../../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { describeSelector } from '../../dsl/select.ts'
import type { Task } from '../../dsl/types.ts'
import type { Change } from '../../dsl/verdict.ts'
import { isSecret, mask } from '../../secret.ts'
import { now } from '../clock.ts'
import { checkContext, oneHost, taskContexts, whenContext } from './contexts.ts'
import type { ContextOptions } from './contexts.ts'
import type { Outcome, ReportedChange, TaskProgress, TaskRef } from '../events.ts'
import { executeTask } from './execute-task.ts'
import type { Look, TaskResult } from './execute-task.ts'
import { MaskedLines } from '../masking/masked-lines.ts'
import type { HostContext } from '../host-context.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import type { Redactor } from '../masking/redactor.ts'
import { shortened } from '../masking/shortened.ts'
import { reportError } from '../report-error.ts'
import { withRetries } from './retry.ts'
import { tellTransfers } from './transfers.ts'
import { TaskWatch } from './task-watch.ts'

/** How a task ended, and whether it had begun to change the host, or would have. */
export interface Ended {
  readonly outcome: Outcome
  readonly began: boolean
}

export interface TaskRunOptions {
  /** Gives a look that was taken ahead, if it is still good when the task begins. */
  readonly early?: () => Promise<Look | undefined> | undefined
  /** Whether a block around it has a rescue for it. */
  readonly rescuable: boolean
}

const reported = (redactor: Redactor, { what, from, to }: Change): ReportedChange => {
  const text = (value: Change['from']): string | undefined => (isSecret(value) ? mask : redactor.maybe(value))
  return { what: redactor.text(what), from: text(from), to: text(to) }
}

/**
 * What a fact has read, as text. It is masked before it is quoted: in a text within a text within JSON a secret would not
 * be known again.
 */
const shown = (value: unknown, redactor: Redactor): string =>
  typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? redactor.text(part) : part))

/** Where a task is done: on the host itself, or on the one that it names. */
export const placeOf = async (run: HostContext, { settings: { on } }: PlannedTask): Promise<string> =>
  on === undefined ? run.host : oneHost(run.scope, on, run.signal)

/** What a result on the host where it was done means for the one that it was done for. */
export const onBehalf = (host: string, place: string, result: TaskResult): TaskResult =>
  // what happens on another host does not make this one unreachable
  place !== host && result.outcome === 'unreachable' ? { ...result, outcome: 'failed' } : result

/** How a task looks at, and works on, the host where it is done. */
export const contextOptions = (
  { scope }: HostContext,
  { settings: { become, env, cwd } }: PlannedTask,
  place: string,
  watch: TaskWatch,
): ContextOptions => ({ become: become ?? scope.host(place).become, env, cwd, watch })

/** The outcome that is told of a failure: the play may have provided for it. */
const provided = (
  { outcome, error }: TaskResult,
  { ignoreErrors }: PlannedTask['settings'],
  rescuable: boolean,
): Outcome => {
  if (outcome !== 'failed' && outcome !== 'unreachable') return outcome
  // what a person has stopped is not rescued
  if (isCoxswainError(error) && error.code === 'interrupted') return outcome
  if (outcome === 'failed' && ignoreErrors) return 'ignored'
  return rescuable ? 'rescued' : outcome
}

const refOf = (run: HostContext, planned: PlannedTask, place: string): TaskRef => {
  const { task, position, role, handler } = planned
  return {
    id: run.nextId(),
    host: run.host,
    play: run.play,
    position,
    name: task.name,
    title: run.scope.redactor.text(task.title),
    role,
    handler,
    on: place === run.host ? undefined : place,
  }
}

/** Where the code of a task stands that threw what says nothing of its place. */
const placeOfCode = (task: Task, error: unknown): Place | undefined =>
  task.definedAt() ?? (error instanceof Error ? undefined : task.place())

const tellEnd = (
  run: HostContext,
  { task }: PlannedTask,
  { ref, result, outcome, began }: { ref: TaskRef; result: TaskResult; outcome: Outcome; began: number },
): void => {
  const { emit, scope, host } = run
  const { changes, why, error } = result
  emit({
    type: 'task-end',
    time: now(),
    task: ref,
    outcome,
    changes: changes.map((change) => reported(scope.redactor, change)),
    why: why === undefined ? undefined : shortened(scope.redactor, why),
    error:
      error === undefined
        ? undefined
        : reportError(
            blamed(error, placeOfCode(task, error)).at({
              host,
              task: ref.title,
              place: authorsPlace(error) ?? task.place(),
            }),
            scope.redactor,
          ),
    seconds: (performance.now() - began) / 1000,
  })
}

/** Tells of a task that is not done, with its reason. */
export const tellSkipped = (run: HostContext, planned: PlannedTask, why: string): void => {
  tellResult(run, planned, { outcome: 'skipped', changes: [], why }, false)
}

/** Tells a result that was come to without doing the task. Gives the outcome that it counts as. */
export const tellResult = (
  run: HostContext,
  planned: PlannedTask,
  result: TaskResult,
  rescuable: boolean,
): Outcome => {
  const ref = refOf(run, planned, run.host)
  const outcome = provided(result, planned.settings, rescuable)
  run.emit({ type: 'task-start', time: now(), task: ref })
  tellEnd(run, planned, { ref, result, outcome, began: performance.now() })
  return outcome
}

/** Whether what its play waits for holds, after an attempt that went well. */
const heldBack = async (
  { task: { options } }: PlannedTask,
  context: ContextOptions & { readonly run: HostContext; readonly place: string },
): Promise<TaskResult | undefined> => {
  const { run, place, watch } = context
  const until = options.retry?.until
  if (until === undefined || run.checkMode) return undefined
  const holds = await watch.whole(async () => until(checkContext(run.scope, place, context)))
  if (holds) return undefined
  const error = new CoxswainError('task-failed', 'what its retry waits for does not hold yet')
  return { outcome: 'failed', changes: [], error }
}

/** Whether a person wants the task to run, where one is asked. An interrupt is a no. */
const confirmed = async ({ confirm }: HostContext, ref: TaskRef): Promise<boolean> => {
  try {
    return confirm === undefined || (await confirm(ref))
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'interrupted') return false
    throw error
  }
}

/** Runs a task on its host, and tells it from start to end. */
export const runTask = async (
  run: HostContext,
  planned: PlannedTask,
  { early, rescuable }: TaskRunOptions,
): Promise<Ended> => {
  const { scope, host, emit, checkMode } = run
  const { task, notifies, settings } = planned
  let place: string
  try {
    place = await placeOf(run, planned)
  } catch (error) {
    const where = settings.on === undefined ? '' : `on ${describeSelector(settings.on)}`
    return {
      outcome: tellResult(run, planned, { outcome: 'failed', changes: [], why: where, error }, rescuable),
      began: false,
    }
  }
  const ref = refOf(run, planned, place)
  if (!(await confirmed(run, ref))) {
    tellSkipped(run, planned, 'left out at the prompt')
    return { outcome: 'skipped', began: false }
  }
  const since = performance.now()
  emit({ type: 'task-start', time: now(), task: ref })
  const tell = (stream: 'stdout' | 'stderr' | 'log') => (line: string) =>
    emit({ type: 'task-output', time: now(), task: ref, stream, line: scope.redactor.text(line) })
  const lines = (stream: 'stdout' | 'stderr' | 'log') => new MaskedLines(scope.redactor, tell(stream))
  const [output, log] = [{ stdout: lines('stdout'), stderr: lines('stderr') }, lines('log')]
  let began = false
  const progress = (what: TaskProgress['what'], why?: string): void => {
    // a line that was cut off ends before what is done next
    for (const stream of Object.values(output)) stream.end()
    if (what === 'applying' && task.changes) {
      // before the change, so that it is known even if we do not live to tell the outcome
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
    // what was seen before the delay is worth nothing now
    if (attempts > 1) scope.changed(place)
    const watch = new TaskWatch(run.signal, task.options.timeout)
    const options: ContextOptions = {
      ...contextOptions(run, planned, place, watch),
      onOutput: (stream, text) => output[stream].push(text),
      onTransfer: tellTransfers((transfer) =>
        emit({ type: 'task-transfer', time: now(), task: ref, ...transfer }),
      ),
      onLog: (text) => log.push(`${text}\n`),
    }
    const absent = new Set<string>()
    const brought = checkMode ? scope.brought.get(place) : undefined
    const onAbsent = brought === undefined ? {} : { onAbsent: (path: string) => void absent.add(path) }
    const { looking, applying, trying } = taskContexts(scope, place, { ...options, ...onAbsent })
    try {
      const result = await executeTask(task, {
        host: place,
        checkMode,
        watch,
        checkContext: looking,
        whenContext: whenContext(looking, run.outcomeOf),
        applyContext: applying,
        trying,
        early: attempts === 1 ? early?.() : undefined,
        foretold: scope.foretold,
        unfinished: run.unfinished(task),
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
  const ways = {
    guards: task.guards,
    once: attempt,
    again: (why: string) => progress('retrying', why),
    ends: [run.signal, run.stopping],
  }
  const result = await withRetries(checkMode ? undefined : task.options.retry, ways, () => began)
  // a fact has nothing else to show
  if (task.apply === undefined && result.value !== undefined)
    log.push(`${shown(result.value, scope.redactor)}\n`)
  output.stdout.end()
  output.stderr.end()
  log.end()
  const own = onBehalf(host, place, result)
  const outcome = provided(own, settings, rescuable)
  if (checkMode && task.brings && (outcome === 'would change' || outcome === 'unknown'))
    scope.brought.set(place, task.title)
  if (outcome === 'would change') scope.predict(place, task)
  tellEnd(run, planned, { ref, result: own, outcome, began: since })
  // what was never reached was not changed either, however it looked; nor was what apply found well
  const changing = began && outcome !== 'ok' && (outcome !== 'unreachable' || scope.reached.has(place))
  return { outcome, began: changing || outcome === 'would change' }
}
