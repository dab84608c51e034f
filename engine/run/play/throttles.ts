/** The limits of steps with `throttle`. */
import type { PlannedTask } from '../plan/planned-steps.ts'
import { hostGate } from './host-gate.ts'
import type { HostGate } from './host-gate.ts'

/**
 * What the tasks of several hosts have in common that are the same step: the line that makes them. Titles and positions differ
 * between hosts.
 */
const keyOf = ({ task, position, handler, settings }: PlannedTask): string => {
  const place = task.place()
  const where = place === undefined ? position : [place.file, place.line, place.column]
  return JSON.stringify([settings.throttle, task.name, handler ?? '', where])
}

/** Limits how many hosts of a play run the same step at the same time. */
export class Throttles {
  readonly #gates = new Map<string, HostGate>()

  /** Does the work of a host when the `throttle` of the task allows it. */
  enter<Value>(host: string, planned: PlannedTask, work: () => Promise<Value>): Promise<Value> {
    const { throttle } = planned.settings
    if (throttle === undefined) return work()
    const key = keyOf(planned)
    const gate = this.#gates.get(key) ?? hostGate(throttle)
    this.#gates.set(key, gate)
    return gate(host, work)
  }
}
