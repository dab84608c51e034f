/** Limits how many hosts do something at the same time. */

/** Does the work of a host when it can enter. */
export type HostGate = <Value>(host: string, work: () => Promise<Value>) => Promise<Value>

/** Limits the number of concurrent hosts, each with all its parallel work, in order of arrival. */
export const hostGate = (limit: number): HostGate => {
  const waiting: { readonly host: string; readonly go: () => void }[] = []
  /** The number of running tasks of each host. */
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
    // the next host enters with all its work
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
