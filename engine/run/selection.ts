import { candidatePattern, isPick } from '../dsl/select.ts'
import type { Pick, Selector } from '../dsl/select.ts'
import type { Task } from '../dsl/task.ts'
import { isCoxswainError, exitCodeOf, exitCodes } from '../errors.ts'
import { checkContext } from './contexts.ts'
import type { RunScope } from './scope.ts'

/** Whether a probe says ok on a host; undefined when the host cannot be reached. */
const probe = async (
  scope: RunScope,
  host: string,
  task: Task,
  become: boolean,
  signal: AbortSignal,
): Promise<boolean | undefined> => {
  try {
    const verdict = await task.check?.(checkContext(scope, host, { become, signal }))
    return verdict?.kind === 'ok'
  } catch (error) {
    if (isCoxswainError(error) && error.code !== 'interrupted') {
      return exitCodeOf(error) === exitCodes.unreachable ? undefined : false
    }
    throw error
  }
}

const choose = async (
  scope: RunScope,
  { hosts, prefer, become }: Pick,
  signal: AbortSignal,
): Promise<string> => {
  const candidates = scope.fleet.match(hosts)
  for (const task of prefer) {
    const answers = await Promise.all(candidates.map((host) => probe(scope, host, task, become, signal)))
    const chosen = candidates.find((_, index) => answers[index] === true)
    if (chosen !== undefined) return chosen
  }
  // the pattern parser promises at least one host
  return candidates[0] ?? hosts
}

/**
 * The hosts that a selector gives, in inventory order. A pick is made once a run and stays.
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
    chosen = choose(scope, pick, signal)
    scope.picks.set(pick, chosen)
  }
  const host = await chosen
  return isPick(selector)
    ? [host]
    : scope.fleet.match(candidatePattern(selector)).filter((name) => name !== host)
}
