/** What is done once for several hosts. */
import type { Ended } from '../task/run-task.ts'

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
