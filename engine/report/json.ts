import type { ReportedError, RunEvent, TaskOutput, TaskRef } from '../run/events.ts'
import { boundedEnd, boundedError, boundedText } from './bounded.ts'
import { KeptOutput } from './kept-output.ts'
import { undrawn } from './reporter.ts'
import type { Reporter, ReportOptions } from './reporter.ts'

/** The number of the form; it grows when a field changes its meaning or goes. */
export const jsonFormat = 2

/** What is written of the output of one task at its beginning, and again at its end. */
const outputLimit = { lines: 10_000, size: 256 * 1024 }

/** What JSON leaves as it is, though a terminal may act on it, or a reader of lines may take it for their end. */
const outside = /[\u007f-\u009f\u2028\u2029]/g
const escaped = (json: string): string =>
  json.replace(outside, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** An undefined field would be missing from JSON; each field is always there. */
const orNull = <Value>(value: Value | undefined): Value | null => value ?? null

const taskFields = ({ id, host, play, position, name, title, role, handler, on }: TaskRef) => ({
  id,
  host,
  play,
  position,
  name,
  title,
  role,
  handler: orNull(handler),
  on: orNull(on),
})

const errorFields = ({ code, message, hint, host, task, place, output, causes }: ReportedError) => ({
  code,
  message,
  hint,
  host: orNull(host),
  task: orNull(task),
  place:
    place === undefined
      ? null
      : {
          file: place.file,
          line: orNull(place.line),
          column: orNull(place.column),
          excerpt: orNull(place.excerpt),
        },
  output: orNull(output),
  causes,
})

const maybeError = (error: ReportedError | undefined) => (error === undefined ? null : errorFields(error))

/**
 * Each event as one line of JSON, for programs. Every line stands for itself, so a run that is cut off leaves valid lines.
 *
 * Every line has `type` and `time` (Unix milliseconds); what is not known is `null`. By type:
 *
 * - `run-start`: `format` ({@link jsonFormat}), `playbook`, `check`, `hosts`, `plays`
 * - `play-start`: `play` (index from 0), `name`, `hosts`, `tasks` (host → number of tasks), `note`
 * - `task-start`: `task`
 * - `task-output`: `task`, `stream` (`stdout`, `stderr`, `log`), `line`, `dropped` (`lines` and `bytes` that were left out
 *   here: of the output of one task the first 256 KiB are written as they come, the last 256 KiB when it ends)
 * - `task-progress`: `task`, `what` (`waiting`, `applying`, `reconnecting`, `retrying`), `why`
 * - `task-transfer`: `task`, `path`, `bytes`, `size` (what is streamed to a host, once a second at most)
 * - `task-end`: `task`, `outcome` (`ok`, `changed`, `skipped`, `failed`, `unreachable`, `ignored`, `rescued`,
 *   `would change`, `unknown`),
 *   `changes` (list of `what`, `from`, `to`), `why`, `error`, `seconds`
 * - `handlers-due`: `task`, `handlers` (names; the task is about to change what they react to)
 * - `host-end`: `play`, `host`, `standing` (`well`, `failed`, `unreachable`, `stopped`)
 * - `play-end`: `play`, `failed` (hosts), `note`
 * - `run-end`: `recap` (list of `host`, `counts` by outcome), `stopped` (an error), `notRun` (plays), `due` (handlers
 *   by host that were notified and have not run), `forgotten` (those of them that the next run will not run, because
 *   they could not be remembered), `seconds`
 *
 * A `task` has `id` (unique in the run), `host`, `play`, `position`, `name`, `title`, `role`
 * (`task`, `rescue`, `always`, `handler`), `handler` (the name by which it is notified), `on` (the host that it is done on, where that is another). An error has `code`,
 * `message`, `hint`, `host`, `task`, `place` (`file`, `line`, `column`, `excerpt`), `output`, `causes`.
 */
export const jsonReporter = ({ write }: ReportOptions): Reporter => {
  // the fields are named one by one: a rename in the engine must not rename them here
  const line = (event: RunEvent, fields: Readonly<Record<string, unknown>>): void =>
    write(`${escaped(JSON.stringify({ type: event.type, time: event.time, ...fields }))}\n`)
  /** Output of tasks that have not ended. */
  const outputs = new Map<number, KeptOutput>()
  const outputLine = (event: TaskOutput): void => {
    const { task, stream, line: text, dropped } = event
    line(event, { task: taskFields(task), stream, line: text, dropped: orNull(dropped) })
  }
  /** Writes the end of a task's output. */
  const endOutput = (id: number): void => {
    for (const event of outputs.get(id)?.end() ?? []) outputLine(event)
    outputs.delete(id)
  }
  const endAll = (): void => {
    for (const id of outputs.keys()) endOutput(id)
  }
  return {
    handle: {
      'run-start': (event) => {
        const { playbook, check, hosts, plays } = event
        line(event, { format: jsonFormat, playbook, check, hosts, plays })
      },
      'play-start': (event) => {
        const { play, name, hosts, tasks, note } = event
        line(event, { play, name, hosts, tasks, note: orNull(note) })
      },
      'task-start': (event) => line(event, { task: taskFields(event.task) }),
      'task-output': (event) => {
        const { id } = event.task
        const kept = outputs.get(id) ?? new KeptOutput(outputLimit)
        outputs.set(id, kept)
        const now = kept.push(event)
        if (now !== undefined) outputLine(now)
      },
      'task-progress': (event) => {
        const why = event.why === undefined ? null : boundedText(event.why)
        line(event, { task: taskFields(event.task), what: event.what, why })
      },
      'task-transfer': (event) => {
        const { task, path, bytes, size } = event
        line(event, { task: taskFields(task), path, bytes, size })
      },
      'task-end': (event) => {
        endOutput(event.task.id)
        const { outcome, why, error, seconds, changes: all } = boundedEnd(event)
        const changes = all.map(({ what, from, to }) => ({
          what,
          from: orNull(from),
          to: orNull(to),
        }))
        const task = taskFields(event.task)
        line(event, { task, outcome, changes, why: orNull(why), error: maybeError(error), seconds })
      },
      'handlers-due': (event) => line(event, { task: taskFields(event.task), handlers: event.handlers }),
      'host-end': (event) => {
        const { play, host, standing } = event
        line(event, { play, host, standing })
      },
      'play-end': (event) => {
        const { play, failed, note } = event
        line(event, { play, failed, note: orNull(note) })
      },
      'run-end': (event) => {
        endAll()
        const { recap, notRun, due, forgotten, seconds } = event
        const stopped = boundedError(event.stopped)
        const hosts = recap.map(({ host, counts }) => ({ host, counts: { ...counts } }))
        line(event, { recap: hosts, stopped: maybeError(stopped), notRun, due, forgotten, seconds })
      },
    },
    note: () => {},
    suspend: undrawn,
    close: async () => endAll(),
  }
}
