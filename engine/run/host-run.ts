import type { Become } from '../dsl/play.ts'
import type { Task } from '../dsl/task.ts'
import type { Change } from '../dsl/verdict.ts'
import { isSecret, mask } from '../secret.ts'
import { toCoxswainError } from '../errors.ts'
import { applyContext, checkContext } from './contexts.ts'
import type { ContextOptions } from './contexts.ts'
import type { Emit, Outcome, ReportedChange, TaskRef } from './events.ts'
import { executeTask, look } from './execute-task.ts'
import type { Look } from './execute-task.ts'
import { Lines } from './lines.ts'
import { LookAhead } from './look-ahead.ts'
import { handlersOf } from './plan.ts'
import type { HostTasks } from './plan.ts'
import type { Redactor } from './redactor.ts'
import { reportError } from './report-error.ts'
import type { RunScope } from './scope.ts'
import { TaskWatch } from './task-watch.ts'

/** What a host's way through a play needs of the run. */
export interface HostRun {
  readonly scope: RunScope
  readonly host: string
  readonly play: number
  readonly become: Become
  readonly checkMode: boolean
  readonly signal: AbortSignal
  readonly emit: Emit
  readonly nextId: () => number
}

const stops = new Set<Outcome>(['failed', 'unreachable'])
const notifies = new Set<Outcome>(['changed', 'would change'])

const reported = (redactor: Redactor, { what, from, to }: Change): ReportedChange => {
  const text = (value: Change['from']): string | undefined => (isSecret(value) ? mask : redactor.maybe(value))
  return { what: redactor.text(what), from: text(from), to: text(to) }
}

/** One task on one host, told from start to end. */
const runTask = async (run: HostRun, task: Task, ref: TaskRef, early?: Promise<Look>): Promise<Outcome> => {
  const { scope, host, emit, checkMode } = run
  const began = performance.now()
  emit({ type: 'task-start', time: Date.now(), task: ref })
  const tell = (stream: 'stdout' | 'stderr' | 'log') => (line: string) =>
    emit({ type: 'task-output', time: Date.now(), task: ref, stream, line: scope.redactor.text(line) })
  const output = { stdout: new Lines(tell('stdout')), stderr: new Lines(tell('stderr')) }
  const log = new Lines(tell('log'))
  const watch = new TaskWatch(run.signal, task.options.timeout)
  const options: ContextOptions = {
    become: task.options.become ?? run.become,
    watch,
    onOutput: (stream, text) => output[stream].push(text),
    onLog: (text) => log.push(`${text}\n`),
  }
  const result = await executeTask(task, {
    host,
    checkMode,
    watch,
    checkContext: checkContext(scope, host, options),
    applyContext: applyContext(scope, host, options),
    early,
    foretold: scope.foretold,
    changing: (work) => scope.changing(host, work),
    progress: (what, why) =>
      emit({ type: 'task-progress', time: Date.now(), task: ref, what, why: scope.redactor.maybe(why) }),
  })
  watch.end()
  // a fact has nothing else to show
  if (task.apply === undefined && result.value !== undefined) log.push(`${JSON.stringify(result.value)}\n`)
  output.stdout.end()
  output.stderr.end()
  emit({
    type: 'task-end',
    time: Date.now(),
    task: ref,
    outcome: result.outcome,
    changes: result.changes.map((change) => reported(scope.redactor, change)),
    why: scope.redactor.maybe(result.why),
    error:
      result.error === undefined
        ? undefined
        : reportError(toCoxswainError(result.error).at({ host, task: task.title }), scope.redactor),
    seconds: (performance.now() - began) / 1000,
  })
  return result.outcome
}

/** A look at a task before its turn. */
const lookEarly = async ({ scope, host, become, signal }: HostRun, task: Task): Promise<Look> => {
  const watch = new TaskWatch(signal, undefined)
  try {
    return await look(
      task,
      checkContext(scope, host, { become: task.options.become ?? become, watch }),
      watch,
    )
  } finally {
    watch.end()
  }
}

/** Takes a host through a play: its tasks in order, then the handlers that were notified. Gives whether all went well. */
export const runHost = async (run: HostRun, { tasks, handlers }: HostTasks): Promise<boolean> => {
  const { scope, host, signal } = run
  const wanted = new Set<string>()
  const ref = (task: Task, position: number, role: TaskRef['role']): TaskRef => ({
    id: run.nextId(),
    host,
    play: run.play,
    position,
    name: task.name,
    title: scope.redactor.text(task.title),
    role,
    on: undefined,
  })
  for (const task of [...tasks, ...Object.values(handlers)]) scope.redactor.learn(task.params)
  const ahead = new LookAhead(scope, tasks, (task) => lookEarly(run, task))
  for (const [index, task] of tasks.entries()) {
    if (signal.aborted) return false
    const outcome = await runTask(run, task, ref(task, index, 'task'), ahead.take(index))
    if (stops.has(outcome)) return false
    if (outcome === 'would change' || outcome === 'unknown') scope.foretold = true
    if (notifies.has(outcome)) for (const name of handlersOf(task)) wanted.add(name)
    ahead.learn(outcome === 'ok' || outcome === 'skipped' || run.checkMode)
  }
  const called = Object.entries(handlers).filter(([name]) => wanted.has(name))
  for (const [index, [, handler]] of called.entries()) {
    if (signal.aborted) return false
    const outcome = await runTask(run, handler, ref(handler, tasks.length + index, 'handler'))
    if (stops.has(outcome)) return false
  }
  return true
}
