import { candidatePattern, isPick } from '../dsl/select.ts'
import type { Pick, Selector } from '../dsl/select.ts'
import type { Task } from '../dsl/task.ts'
import { isCoxswainError } from '../errors.ts'
import { isAnswer } from '../error-kinds.ts'
import { checkContext } from './task/contexts.ts'
import type { ContextOptions } from './task/contexts.ts'
import type { RunScope } from './scope.ts'
import { TaskWatch } from './task/task-watch.ts'

/** What a probe found on a host; `unasked` is why it could not look. */
interface Answer {
  readonly host: string
  readonly ok: boolean
  readonly unasked?: unknown
}

const probe = async (scope: RunScope, host: string, task: Task, options: ContextOptions): Promise<Answer> => {
  try {
    await scope.ready(host)
    const verdict = await task.check?.(checkContext(scope, host, options))
    return { host, ok: verdict?.kind === 'ok' }
  } catch (error) {
    if (!isCoxswainError(error) || error.code === 'interrupted') throw error
    // with any other code the host was not asked
    return isAnswer(error.code) ? { host, ok: false } : { host, ok: false, unasked: error }
  }
}

/**
 * The host of a pick; undefined when its pattern names nobody.
 *
 * @throws why a host could not be asked, when no other host was found: it may be the very one, and to take another in
 * its place could begin anew what is there already.
 */
const choose = async (
  scope: RunScope,
  { hosts, prefer, become }: Pick,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const candidates = scope.fleet.match(hosts)
  const watch = new TaskWatch(signal, undefined)
  let unasked: unknown
  try {
    for (const task of prefer) {
      const found = await Promise.all(candidates.map((host) => probe(scope, host, task, { become, watch })))
      const chosen = found.find(({ ok }) => ok)
      if (chosen !== undefined) return chosen.host
      unasked ??= found.find((answer) => answer.unasked !== undefined)?.unasked
    }
  } finally {
    watch.end()
  }
  if (unasked !== undefined) throw unasked
  return candidates[0]
}

/**
 * The hosts that a selector gives, in the order of its pattern. A pick is made once a run and stays.
 *
 * @throws `pattern-invalid` for a pattern that names nothing.
 */
export const resolveSelector = async (
  scope: RunScope,
  selector: Selector,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  if (typeof selector === 'string') return scope.fleet.match(selector)
  const pick = isPick(selector) ? selector : selector.pick
  let chosen = scope.picks.get(pick)
  if (chosen === undefined) {
    const made = choose(scope, pick, signal)
    scope.picks.set(pick, made)
    // a choice that could not be made is none: the next one who asks may be luckier, or have more time
    made.catch(() => scope.picks.delete(pick))
    chosen = made
  }
  const host = await chosen
  return isPick(selector)
    ? [host].filter((one) => one !== undefined)
    : scope.fleet.match(candidatePattern(selector)).filter((name) => name !== host)
}
