/** Resolves which handlers a task notifies. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { Handlers } from '../../dsl/handler-names.ts'
import { listed, notifiedBy } from '../../dsl/options.ts'
import type { Task } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { PlannedTask } from './planned-steps.ts'
import { usualSettings, within } from './settings.ts'
import type { Settings } from './settings.ts'

/** Handlers by name and by topic. */
const callersOf = (handlers: Handlers): ReadonlyMap<string, readonly string[]> => {
  const callers = new Map<string, string[]>()
  for (const [name, task] of Object.entries(handlers)) {
    for (const word of new Set([name, ...listed(task.options.listen)])) {
      callers.set(word, [...(callers.get(word) ?? []), name])
    }
  }
  return callers
}

/** Whether two tasks are the same: a list of tasks and one of handlers may each have made its own. */
const isSame = (one: Task, other: Task): boolean =>
  one === other ||
  (one.name === other.name &&
    one.title === other.title &&
    isDeepStrictEqual(one.params, other.params) &&
    isDeepStrictEqual(one.options, other.options))

/**
 * Returns a function that returns the names of the handlers that a task notifies, without duplicates, in the order of
 * the play.
 *
 * @param about whose handlers they are, for errors.
 * @param owner where a missing handler is added.
 * @throws `playbook-invalid` for an unknown name or topic, with the nearest one, and for a task that is not a handler.
 */
export const notifier = (
  about: string,
  handlers: Handlers,
  owner: 'play' | 'role' = 'play',
): ((task: Task) => readonly string[]) => {
  const callers = callersOf(handlers)
  const entries = Object.entries(handlers)
  return (task) => {
    const invalid = (what: string, hint: string): CoxswainError =>
      new CoxswainError('playbook-invalid', `${about}: ${what}`, {
        task: task.title,
        place: task.place(),
        hint,
      })
    const namesOf = (notified: string | Task): readonly string[] => {
      if (typeof notified !== 'string') {
        const same = entries.find(([, handler]) => isSame(handler, notified))
        if (same !== undefined) return [same[0]]
        throw invalid(
          `the task "${notified.title}" is notified, but is not a handler`,
          `add it to the ${owner} under \`handlers\``,
        )
      }
      const found = callers.get(notified)
      if (found !== undefined) return found
      const guess = nearest(notified, [...callers.keys()])
      throw invalid(
        `no handler is named "${notified}"`,
        guess === undefined ? `add it to the ${owner} under \`handlers\`` : `did you mean "${guess}"?`,
      )
    }
    const called = new Set(notifiedBy(task.options).flatMap(namesOf))
    return entries.flatMap(([name]) => (called.has(name) ? [name] : []))
  }
}

/** Plans handlers: their positions follow those of the tasks. A handler can notify a later one. */
export const planHandlers = (
  handlers: Handlers,
  notifies: (task: Task) => readonly string[],
  { settings = usualSettings, from }: { readonly settings?: Settings; readonly from: number },
): PlannedTask[] =>
  Object.entries(handlers).map(([name, task], index) => ({
    kind: 'task',
    task,
    position: from + index,
    twin: '0',
    role: 'handler',
    handler: name,
    settings: within(settings, task.options),
    notifies: notifies(task),
  }))
