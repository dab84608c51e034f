/** The order in which the hosts of a batch run tasks. */
import { hostGate } from './host-gate.ts'

/** Decides when a host can run a task. */
export interface Pace {
  /**
   * Does the work of a host when the others of its batch have progressed far enough.
   *
   * @param position of the task; undefined for a parallel task, which does not wait for other hosts.
   */
  readonly turn: <Value>(
    host: string,
    position: number | undefined,
    work: () => Promise<Value>,
  ) => Promise<Value>
  /** The host has ended the play: others no longer wait for it. */
  readonly leave: (host: string) => void
}

/** Hosts do not wait for each other. */
export const freePace: Pace = { turn: (_host, _position, work) => work(), leave: () => {} }

/**
 * Task by task: no host begins a task before all others have ended the earlier ones.
 *
 * @param forks maximum number of concurrent hosts.
 */
export const linearPace = (hosts: readonly string[], forks: number): Pace => {
  const enter = hostGate(forks)
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
