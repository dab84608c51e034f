import { candidatePattern, isPick } from '../dsl/select.ts'
import type { CheckContext, Pick, Selector, Task } from '../dsl/types.ts'
import { isCoxswainError } from '../errors.ts'
import { isAnswer } from '../error-kinds.ts'
import type { RunScope } from './scope.ts'
import { TaskWatch } from './task/task-watch.ts'

/** What a probe found on a host; `unasked` is why it could not look. */
interface Answer {
  readonly host: string
  readonly ok: boolean
  readonly unasked?: unknown
}

/** The context in which a task of a pick looks at a host. */
export type ProbeContext = (
  scope: RunScope,
  host: string,
  options: { readonly become: boolean; readonly watch: TaskWatch },
) => CheckContext

const probe = async (
  scope: RunScope,
  host: string,
  task: Task,
  context: () => CheckContext,
): Promise<Answer> => {
  try {
    await scope.ready(host)
    const verdict = await task.check?.(context())
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
  contextFor: ProbeContext,
): Promise<string | undefined> => {
  const candidates = scope.fleet.match(hosts)
  const watch = new TaskWatch(signal, undefined)
  let unasked: unknown
  try {
    for (const task of prefer) {
      const found = await Promise.all(
        candidates.map((host) => probe(scope, host, task, () => contextFor(scope, host, { become, watch }))),
      )
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
 * @param contextFor makes the context in which the tasks of a pick look.
 * @throws `pattern-invalid` for a pattern that names nothing.
 */
export const resolveSelector = async (
  scope: RunScope,
  selector: Selector,
  signal: AbortSignal,
  contextFor: ProbeContext,
): Promise<readonly string[]> => {
  if (typeof selector === 'string') return scope.fleet.match(selector)
  const pick = isPick(selector) ? selector : selector.pick
  let chosen = scope.picks.get(pick)
  if (chosen === undefined) {
    const made = choose(scope, pick, signal, contextFor)
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
