import { candidatePattern, isPick } from '../dsl/select.ts'
import type { CheckContext, Pick, Selector, Task } from '../dsl/types.ts'
import { isCoxswainError } from '../errors.ts'
import { isAnswer } from '../error-kinds.ts'
import type { RunScope } from './scope.ts'
import { TaskWatch } from './task/task-watch.ts'

/** The answer of a host to a probe; `unasked` is the error if the host could not be asked. */
interface Answer {
  readonly host: string
  readonly ok: boolean
  readonly unasked?: unknown
}

/** Makes the context in which a probe of a pick checks a host. */
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
    // with any other code, the host has not answered
    return isAnswer(error.code) ? { host, ok: false } : { host, ok: false, unasked: error }
  }
}

/**
 * The host of a pick; undefined if its pattern matches no host.
 *
 * @throws the error of a host that could not be asked, if no other host was found: it might be the right one, and
 * another host could initialize again what already exists.
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
 * The hosts of a selector, in the order of its pattern. A pick is made once in a run.
 *
 * @param contextFor makes the context for the probes of a pick.
 * @throws `pattern-invalid` for a pattern that matches nothing.
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
    // a failed pick is not remembered: the next caller tries again
    made.catch(() => scope.picks.delete(pick))
    chosen = made
  }
  const host = await chosen
  return isPick(selector)
    ? [host].filter((one) => one !== undefined)
    : scope.fleet.match(candidatePattern(selector)).filter((name) => name !== host)
}
