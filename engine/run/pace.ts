/** In what order the hosts of a batch take their turns. */

/** Lets a host do a task when it is its turn. */
export interface Pace {
  /**
   * Does the work of a host when others of its batch are far enough.
   *
   * @param position of the task; undefined for one beside the others, which waits for nobody.
   */
  readonly turn: <Value>(
    host: string,
    position: number | undefined,
    work: () => Promise<Value>,
  ) => Promise<Value>
  /** The host is through, so that nobody waits for it. */
  readonly leave: (host: string) => void
}

/** Every host for itself. */
export const freePace: Pace = { turn: (_host, _position, work) => work(), leave: () => {} }

/** At most so many at the same time; who comes first goes first. */
const gate = (limit: number) => {
  const waiting: (() => void)[] = []
  let inside = 0
  return async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (inside >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else inside += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // whoever goes in takes our place
      if (next === undefined) inside -= 1
      else next()
    }
  }
}

/**
 * Task by task: no host begins one before all others are through with those before it.
 *
 * @param forks how many work at the same time.
 */
export const linearPace = (hosts: readonly string[], forks: number): Pace => {
  const enter = gate(forks)
  const at = new Map(hosts.map((host) => [host, -1]))
  const waiting = new Set<{ readonly position: number; readonly go: () => void }>()
  const wake = (): void => {
    if (waiting.size === 0) return
    const slowest = Math.min(...at.values())
    for (const one of waiting) {
      if (one.position > slowest) continue
      waiting.delete(one)
      one.go()
    }
  }
  return {
    turn: async (host, position, work) => {
      if (position !== undefined) {
        at.set(host, position)
        await new Promise<void>((go) => {
          waiting.add({ position, go })
          wake()
        })
      }
      return enter(work)
    },
    leave: (host) => {
      at.delete(host)
      wake()
    },
  }
}
