/** The handlers that are still due at the end of a run, for reports. Pure. */
import type { RunEnd } from '../run/events.ts'

/** A handler that is due, with its hosts. */
export interface DueHandler {
  readonly handler: string
  readonly hosts: readonly string[]
  /** Whether the next run will run it on these hosts. */
  readonly remembered: boolean
}

/** The handlers that are due at the end of a run. A handler that is remembered on some hosts only is listed twice. */
export const dueHandlers = ({ due, forgotten }: Pick<RunEnd, 'due' | 'forgotten'>): DueHandler[] => {
  const [kept, lost] = [new Map<string, string[]>(), new Map<string, string[]>()]
  for (const [host, handlers] of Object.entries(due)) {
    for (const handler of handlers) {
      const map = forgotten[host]?.includes(handler) === true ? lost : kept
      map.set(handler, [...(map.get(handler) ?? []), host])
    }
  }
  const all = (map: ReadonlyMap<string, string[]>, remembered: boolean): DueHandler[] =>
    [...map].map(([handler, hosts]) => ({ handler, hosts, remembered }))
  return [...all(kept, true), ...all(lost, false)]
}
