/** What is counted of a run, from the events that pass. */
import { noOutcomes } from './events.ts'
import type { HostRecap, Outcome, RunEvent, TaskRef } from './events.ts'

/** Handlers by host. */
export type DueHandlers = ReadonlyMap<string, ReadonlySet<string>>

/** How a handler had its turn: it is not due any more. */
const served = new Set<Outcome>(['ok', 'changed', 'skipped', 'ignored'])

const servingKey = ({ host, play }: TaskRef, handler: string): string => JSON.stringify([host, play, handler])

/** Counts outcomes by host, and keeps what handlers are due. */
export class Tally {
  readonly #counts: Map<string, Record<Outcome, number>>
  /** By host, then by play, for handlers of two plays may have the same name; with the tasks that called for each. */
  readonly #due = new Map<string, Map<string, Set<number | undefined>>>()
  /** Handlers that are running, and were not notified again since they began; with the tasks that they answer. */
  readonly #serving = new Map<string, readonly (number | undefined)[]>()
  /** Tasks that are under way. */
  readonly #underway = new Set<number>()
  /** Whether some host was stopped before it was through. */
  stopped = false

  constructor(hosts: readonly string[]) {
    this.#counts = new Map(hosts.map((host) => [host, noOutcomes()]))
  }

  /** Counts a handler that is due, of a task of this run or from an earlier one. */
  expect(host: string, play: number, handler: string, task?: number): void {
    const due = this.#due.get(host) ?? new Map<string, Set<number | undefined>>()
    const key = JSON.stringify([play, handler])
    this.#due.set(host, due.set(key, (due.get(key) ?? new Set()).add(task)))
  }

  /** Takes back what a task has called for that has changed nothing. */
  #takeBack({ host, id }: TaskRef): void {
    const due = this.#due.get(host)
    for (const [key, tasks] of due ?? []) if (tasks.delete(id) && tasks.size === 0) due?.delete(key)
  }

  #callsOf({ host, play }: TaskRef, handler: string): Set<number | undefined> | undefined {
    return this.#due.get(host)?.get(JSON.stringify([play, handler]))
  }

  see(event: RunEvent): void {
    if (event.type === 'host-end' && event.standing === 'stopped') this.stopped = true
    if (event.type === 'handlers-due') {
      const { host, play, id } = event.task
      for (const handler of event.handlers) {
        this.expect(host, play, handler, id)
        // what is changed now may be too late for one that runs already
        this.#serving.delete(servingKey(event.task, handler))
      }
    }
    if (event.type === 'task-start') {
      const { task } = event
      this.#underway.add(task.id)
      if (task.handler === undefined) return
      // what a task that is under way has yet to change comes too late for it
      const calls = [...(this.#callsOf(task, task.handler) ?? [])]
      this.#serving.set(
        servingKey(task, task.handler),
        calls.filter((id) => id === undefined || !this.#underway.has(id)),
      )
    }
    if (event.type !== 'task-end') return
    const { task, outcome } = event
    this.#underway.delete(task.id)
    const counts = this.#counts.get(task.host)
    if (counts !== undefined) counts[outcome] += 1
    if (outcome === 'ok') this.#takeBack(task)
    if (task.handler === undefined) return
    const key = servingKey(task, task.handler)
    const answered = this.#serving.get(key)
    if (!this.#serving.delete(key) || answered === undefined || !served.has(outcome)) return
    const calls = this.#callsOf(task, task.handler)
    for (const id of answered) calls?.delete(id)
    if (calls?.size === 0) this.#due.get(task.host)?.delete(JSON.stringify([task.play, task.handler]))
  }

  recap(): HostRecap[] {
    return [...this.#counts].map(([host, counts]) => ({ host, counts: { ...counts } }))
  }

  /** The names of the handlers that are due, by host. */
  due(): Record<string, string[]> {
    const nameOf = (key: string): string => {
      const [, handler]: unknown[] = JSON.parse(key)
      return String(handler)
    }
    return Object.fromEntries(
      [...this.#due].flatMap(([host, due]) =>
        due.size === 0 ? [] : [[host, [...new Set([...due.keys()].map(nameOf))]]],
      ),
    )
  }
}
