/** What is done once for several hosts. */
import { CoxswainError } from '../../errors.ts'
import type { HostContext } from './host-context.ts'
import type { PlannedTask } from '../plan/planned-steps.ts'
import { tellResult, tellSkipped } from '../task/run-task.ts'
import type { Ended } from '../task/run-task.ts'
import { standingOf } from './standing.ts'

/** What has come of it: on which host, and how. */
export interface Done extends Ended {
  readonly host: string
}

/** Whether a host has settled it for all: it did not skip it, and did not fail to be reached before it began. */
const settles = ({ outcome, began }: Ended): boolean =>
  outcome !== 'skipped' && (outcome !== 'unreachable' || began)

/** Work that one host does for all, by a key. */
export class OncePer {
  readonly #last = new Map<string, Promise<Done | undefined>>()

  /**
   * Does the work unless another host has done it. Hosts try one after another, until one has settled it.
   *
   * @param work gives undefined when it does not begin, since the run is over.
   * @returns what this host has done itself, or what another has done for it.
   */
  async attempt(
    key: string,
    host: string,
    work: () => Promise<Ended | undefined>,
  ): Promise<{ readonly own: Ended | undefined } | { readonly done: Done }> {
    const before = this.#last.get(key) ?? Promise.resolve(undefined)
    let own: Ended | undefined
    let tried = false
    const mine = before.then(async (done): Promise<Done | undefined> => {
      if (done !== undefined) return done
      tried = true
      own = await work()
      return own !== undefined && settles(own) ? { ...own, host } : undefined
    })
    this.#last.set(key, mine)
    const done = await mine
    if (tried) return { own }
    if (done !== undefined) return { done }
    return { own: { outcome: 'skipped', began: false } }
  }
}

/**
 * Does a task that one host does for all, or tells what has come of it on the host that did.
 *
 * @param round how often a handler has had its turn here, this one counted: what notified it anew is not done yet.
 */
export const doneForAll = async (
  run: HostContext,
  planned: PlannedTask,
  { rescuable, round }: { readonly rescuable: boolean; readonly round: number },
  work: () => Promise<Ended | undefined>,
): Promise<Ended | undefined> => {
  const { play, batch, host, once } = run
  const { task, handler, twin, settings } = planned
  const span = settings.oncePer === 'batch' ? [play, batch] : [play, 'run']
  const key = JSON.stringify([...span, handler ?? '', task.name, task.title, twin, round])
  const result = await once.attempt(key, host, work)
  if ('own' in result) return result.own
  const { done } = result
  if (standingOf[done.outcome] === 'well') {
    tellSkipped(run, planned, `done once, on ${done.host}`)
    return { outcome: done.outcome, began: false }
  }
  const error = new CoxswainError(
    'task-failed',
    `it failed on ${done.host}, where it is done for all hosts`,
    { hint: `see what is said of ${done.host}` },
  )
  const told = tellResult(run, planned, { outcome: 'failed', changes: [], error }, rescuable)
  return { outcome: told, began: false }
}
