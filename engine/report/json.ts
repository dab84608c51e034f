import type { Invocation, ReportedError, TaskOutput, TaskRef } from '../run/events.ts'
import { boundedEnd, boundedError, boundedText } from './bounded.ts'
import type { EventLine } from './json-events.ts'
import { jsonFormat } from './json-format.ts'
import { KeptOutput } from './kept-output.ts'
import { suspendNothing } from './reporter.ts'
import type { Reporter, ReportOptions } from './reporter.ts'

/** Limit for the output of one task, for its beginning and again for its end. */
const outputLimit = { lines: 10_000, size: 256 * 1024 }

/** Characters that JSON does not escape, but terminals interpret or line readers take for the end of a line. */
const outside = /[\u007f-\u009f\u2028\u2029]/g
const escaped = (json: string): string =>
  json.replace(outside, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** JSON omits undefined fields; every field is always present. */
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

const stamp = <Type extends string>({ type, time }: { readonly type: Type; readonly time: number }) => ({
  type,
  time,
})

const maybeError = (error: ReportedError | undefined) => (error === undefined ? null : errorFields(error))

const invocationFields = ({ version, inventory, command }: Invocation): Invocation => ({
  version,
  inventory,
  command,
})

/**
 * Writes each event as one line of JSON, for programs. An aborted run leaves valid lines. `json-events.ts` describes
 * the fields.
 */
export const jsonReporter = ({ write }: ReportOptions): Reporter => {
  // fields are listed one by one: a rename in the engine must not change the format
  const line = (event: EventLine): void => write(`${escaped(JSON.stringify(event))}\n`)
  /** Output of running tasks, by task. */
  const outputs = new Map<number, KeptOutput>()
  const outputLine = (event: TaskOutput): void => {
    const { task, stream, line: text, dropped } = event
    line({ ...stamp(event), task: taskFields(task), stream, line: text, dropped: orNull(dropped) })
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
        const { playbook, check, hosts, plays, invocation } = event
        line({
          ...stamp(event),
          format: jsonFormat,
          playbook,
          check,
          hosts,
          plays,
          invocation: invocation === undefined ? null : invocationFields(invocation),
        })
      },
      'play-start': (event) => {
        const { play, name, hosts, tasks, note } = event
        line({ ...stamp(event), play, name, hosts, tasks, note: orNull(note) })
      },
      'tasks-added': (event) => {
        const { play, host, tasks } = event
        line({ ...stamp(event), play, host, tasks })
      },
      'task-start': (event) => line({ ...stamp(event), task: taskFields(event.task) }),
      'task-output': (event) => {
        const { id } = event.task
        const kept = outputs.get(id) ?? new KeptOutput(outputLimit)
        outputs.set(id, kept)
        const now = kept.push(event)
        if (now !== undefined) outputLine(now)
      },
      'task-progress': (event) => {
        const why = event.why === undefined ? null : boundedText(event.why)
        line({ ...stamp(event), task: taskFields(event.task), what: event.what, why })
      },
      'task-transfer': (event) => {
        const { task, path, bytes, size } = event
        line({ ...stamp(event), task: taskFields(task), path, bytes, size })
      },
      'task-end': (event) => {
        endOutput(event.task.id)
        const { outcome, why, error, value, cards, seconds, changes: all } = boundedEnd(event)
        const changes = all.map(({ what, from, to }) => ({
          what,
          from: orNull(from),
          to: orNull(to),
        }))
        const task = taskFields(event.task)
        line({
          ...stamp(event),
          task,
          outcome,
          changes,
          why: orNull(why),
          error: maybeError(error),
          ...(value !== undefined && { value }),
          ...(cards !== undefined && { cards: [...cards] }),
          seconds,
        })
      },
      'handlers-due': (event) =>
        line({ ...stamp(event), task: taskFields(event.task), handlers: event.handlers }),
      'host-end': (event) => {
        const { play, host, standing } = event
        line({ ...stamp(event), play, host, standing })
      },
      'play-end': (event) => {
        const { play, failed, note } = event
        line({ ...stamp(event), play, failed, note: orNull(note) })
      },
      'run-end': (event) => {
        endAll()
        const { recap, notRun, due, forgotten, seconds } = event
        const stopped = boundedError(event.stopped)
        const hosts = recap.map(({ host, counts }) => ({ host, counts: { ...counts } }))
        line({ ...stamp(event), recap: hosts, stopped: maybeError(stopped), notRun, due, forgotten, seconds })
      },
    },
    note: () => {},
    suspend: suspendNothing,
    close: async () => endAll(),
  }
}
