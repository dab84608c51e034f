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

/** At most so many hosts at the same time, each with all that it does side by side; who comes first goes first. */
const gate = (limit: number) => {
  const waiting: { readonly host: string; readonly go: () => void }[] = []
  /** How much each host does just now. */
  const inside = new Map<string, number>()
  const enter = (host: string): void => {
    inside.set(host, (inside.get(host) ?? 0) + 1)
  }
  const leave = (host: string): void => {
    const left = (inside.get(host) ?? 1) - 1
    if (left > 0) {
      inside.set(host, left)
      return
    }
    inside.delete(host)
    const next = waiting[0]?.host
    // whoever takes our place takes all of its work in
    for (const one of waiting.filter(({ host: its }) => its === next)) {
      waiting.splice(waiting.indexOf(one), 1)
      enter(one.host)
      one.go()
    }
  }
  return async <Value>(host: string, work: () => Promise<Value>): Promise<Value> => {
    if (inside.has(host) || inside.size < limit) enter(host)
    else await new Promise<void>((go) => waiting.push({ host, go }))
    try {
      return await work()
    } finally {
      leave(host)
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
      return enter(host, work)
    },
    leave: (host) => {
      at.delete(host)
      wake()
    },
  }
}
