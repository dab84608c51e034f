import { mask } from '../../secret.ts'
import type { ReportedChange, ReportedError, RunEvent, TaskRef } from '../events.ts'
import { maskedJson } from './masked-json.ts'
import type { Redactor } from './redactor.ts'

/** Masks a task: its names depend on parameters, and can be older than the knowledge of a secret. */
const maskTask = (task: TaskRef, redactor: Redactor): TaskRef => ({
  ...task,
  name: redactor.text(task.name),
  title: redactor.text(task.title),
  handler: redactor.maybe(task.handler),
})

const maskError = (error: ReportedError | undefined, redactor: Redactor): ReportedError | undefined =>
  error && {
    ...error,
    message: redactor.text(error.message),
    hint: redactor.text(error.hint),
    task: redactor.maybe(error.task),
    place: error.place && {
      ...error.place,
      file: redactor.text(error.place.file),
      ...(error.place.excerpt !== undefined && { excerpt: redactor.text(error.place.excerpt) }),
    },
    output: redactor.maybe(error.output),
    causes: error.causes.map((cause) => redactor.text(cause)),
    stack: redactor.maybe(error.stack),
  }

/**
 * Masks a change. The old value of a secret is often an unknown secret: if the new text contains a secret, each line
 * of the old text that is not in the new one is also masked.
 */
const maskChange = ({ what, from, to }: ReportedChange, redactor: Redactor): ReportedChange => {
  const masked = redactor.maybe(to)
  const stays = new Set(to?.split('\n'))
  const before =
    from === undefined || masked === to
      ? from
      : from
          .split('\n')
          .map((line) => (stays.has(line) ? line : mask))
          .join('\n')
  return { what: redactor.text(what), from: redactor.maybe(before), to: masked }
}

/**
 * Masks every known secret in all text of an event. All events pass through it before the reporters, so the code that
 * emits an event does not need to mask, and a new type of event that is not handled here does not compile.
 *
 * Names of hosts stay: reporters identify hosts by them.
 */
export const maskEvent = (event: RunEvent, redactor: Redactor): RunEvent => {
  const all = (texts: readonly string[]): string[] => texts.map((text) => redactor.text(text))
  const byHost = (names: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
    Object.fromEntries(Object.entries(names).map(([host, own]) => [host, all(own)]))
  switch (event.type) {
    case 'run-start':
      return {
        ...event,
        playbook: redactor.text(event.playbook),
        plays: all(event.plays),
        invocation: event.invocation && {
          version: event.invocation.version,
          inventory: all(event.invocation.inventory),
          command: all(event.invocation.command),
        },
      }
    case 'play-start':
      return { ...event, name: redactor.text(event.name), note: redactor.maybe(event.note) }
    case 'tasks-added':
      return event
    case 'task-start':
      return { ...event, task: maskTask(event.task, redactor) }
    case 'task-output':
      return { ...event, task: maskTask(event.task, redactor), line: redactor.text(event.line) }
    case 'task-progress':
      return { ...event, task: maskTask(event.task, redactor), why: redactor.maybe(event.why) }
    case 'task-transfer':
      return { ...event, task: maskTask(event.task, redactor), path: redactor.text(event.path) }
    case 'task-end':
      return {
        ...event,
        task: maskTask(event.task, redactor),
        changes: event.changes.map((change) => maskChange(change, redactor)),
        why: redactor.maybe(event.why),
        error: maskError(event.error, redactor),
        ...(event.value !== undefined && { value: JSON.parse(maskedJson(event.value, redactor)) }),
      }
    case 'handlers-due':
      return { ...event, task: maskTask(event.task, redactor), handlers: all(event.handlers) }
    case 'host-end':
      return event
    case 'play-end':
      return { ...event, note: redactor.maybe(event.note) }
    case 'run-end':
      return {
        ...event,
        stopped: maskError(event.stopped, redactor),
        notRun: all(event.notRun),
        due: byHost(event.due),
        forgotten: byHost(event.forgotten),
      }
  }
}
