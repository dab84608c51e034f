/** Work that is done once for several hosts. */
import type { Ended } from '../task/run-task.ts'

/** The result, and the host that did the work. */
export interface Done extends Ended {
  readonly host: string
}

/** Whether the result counts for all hosts: it was not skipped, and the host was not unreachable before it began. */
const settles = ({ outcome, began }: Ended): boolean =>
  outcome !== 'skipped' && (outcome !== 'unreachable' || began)

/** Work that one host does for all, by key. */
export class OncePer {
  readonly #last = new Map<string, Promise<Done | undefined>>()

  /**
   * Does the work unless another host has done it. Hosts try one after another until a result counts for all.
   *
   * @param work returns undefined if it does not begin because the run is over.
   * @returns the result of this host, or of the host that did the work for it.
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
