/** Who is notified by what. Pure. */
import { listed } from '../../dsl/options.ts'
import type { Task } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { usualSettings, within } from './planned-steps.ts'
import type { PlannedTask, Settings } from './planned-steps.ts'

/** A play's handlers by name. */
export type Handlers = Readonly<Record<string, Task>>

/** Handlers by every word that calls them: their names, and the topics that they listen to. */
const callersOf = (handlers: Handlers): ReadonlyMap<string, readonly string[]> => {
  const callers = new Map<string, string[]>()
  for (const [name, task] of Object.entries(handlers)) {
    for (const word of new Set([name, ...listed(task.options.listen)])) {
      callers.set(word, [...(callers.get(word) ?? []), name])
    }
  }
  return callers
}

/**
 * Gives the names of the handlers that a task notifies, each once, in the order of the play's handlers.
 *
 * @throws `playbook-invalid` for a word that calls none, with the nearest one.
 */
export const notifier = (play: string, handlers: Handlers): ((task: Task) => readonly string[]) => {
  const callers = callersOf(handlers)
  const names = Object.keys(handlers)
  return (task) => {
    const words = listed(task.options.notify)
    if (words.length === 0) return []
    const called = new Set<string>()
    for (const word of words) {
      const found = callers.get(word)
      if (found === undefined) {
        const guess = nearest(word, [...callers.keys()])
        throw new CoxswainError('playbook-invalid', `play "${play}": no handler is named "${word}"`, {
          task: task.title,
          hint: guess === undefined ? 'add it to the play under `handlers`' : `did you mean "${guess}"?`,
        })
      }
      for (const name of found) called.add(name)
    }
    return names.filter((name) => called.has(name))
  }
}

/**
 * Handlers, ready to be run: their positions count on after those of the tasks. One handler may notify another that stands
 * after it.
 */
export const planHandlers = (
  handlers: Handlers,
  notifies: (task: Task) => readonly string[],
  { settings = usualSettings, from }: { readonly settings?: Settings; readonly from: number },
): PlannedTask[] =>
  Object.entries(handlers).map(([name, task], index) => ({
    kind: 'task',
    task,
    position: from + index,
    twin: 0,
    role: 'handler',
    handler: name,
    settings: within(settings, task.options),
    notifies: notifies(task),
  }))
