/**
 * Records which handlers were notified and which notifications are settled: the others are due in the next run. Pure.
 */
import type { Outcome, RunEvent } from '../events.ts'

/** Identifies a play of a playbook, even after plays of other names are inserted before it. */
export interface PlayMark {
  readonly play: string
  /** The number of earlier plays with the same name. */
  readonly nth: number
}

/**
 * A notification of a handler of a play on a host. Run and call make it unique, so that overlapping runs can tell
 * which notifications are settled without comparing times.
 */
export interface HandlerMark extends PlayMark {
  readonly host: string
  readonly handler: string
  /** The run with the notification. */
  readonly run: number
  /** The ID of the notifying task in that run. */
  readonly call: number
}

/** The handlers of one run. */
export interface Ledger {
  /** Notifications that are due at its end: its own, and those of earlier runs. */
  readonly due: readonly HandlerMark[]
  /** Notifications that it settled: the handler ran, or the task changed nothing. */
  readonly over: readonly HandlerMark[]
}

/** Outcomes of a handler that settle its notifications. */
const turns = new Set<Outcome>(['ok', 'changed', 'skipped', 'ignored'])

type Handler = Omit<HandlerMark, 'run' | 'call'>

const keyOf = ({ play, nth, host, handler }: Handler): string => JSON.stringify([play, nth, host, handler])
const tagOf = (mark: HandlerMark): string => JSON.stringify([mark.run, mark.call, keyOf(mark)])

/** The handlers of these notifications, without duplicates. */
export const handlersOf = (marks: readonly HandlerMark[]): Handler[] => [
  ...new Map(marks.map((mark) => [keyOf(mark), mark])).values(),
]

/** The mark of a play, from its index in the names of all plays. */
export const playMark = (plays: readonly string[], index: number): PlayMark => {
  const play = plays[index] ?? ''
  return { play, nth: plays.slice(0, index).filter((name) => name === play).length }
}

/**
 * Keeps the ledger of a run from its events.
 *
 * @param run its number.
 * @param inherited notifications of earlier runs that were due when it began.
 */
export const keepLedger = (
  run: number,
  inherited: readonly HandlerMark[] = [],
): { readonly see: (event: RunEvent) => void; readonly ledger: () => Ledger } => {
  /** Notifications by handler. */
  const due = new Map<string, Map<string, HandlerMark>>()
  const over: HandlerMark[] = []
  /** Running handlers that were not notified again since they began, with the notifications that they settle. */
  const serving = new Map<string, readonly HandlerMark[]>()
  /** Running tasks of this run. */
  const underway = new Set<number>()
  let plays: readonly PlayMark[] = []

  const call = (mark: HandlerMark): void => {
    const key = keyOf(mark)
    due.set(key, (due.get(key) ?? new Map<string, HandlerMark>()).set(tagOf(mark), mark))
    // a handler that already runs may miss a change that is made now
    serving.delete(key)
  }
  for (const mark of inherited) call(mark)

  /** Removes the notifications of a task that has changed nothing. */
  const takeBack = (id: number): void => {
    for (const [key, calls] of due) {
      for (const [tag, mark] of calls) {
        if (mark.run !== run || mark.call !== id) continue
        calls.delete(tag)
        over.push(mark)
      }
      if (calls.size === 0) due.delete(key)
    }
  }

  const answer = (key: string, marks: readonly HandlerMark[]): void => {
    const calls = due.get(key)
    over.push(...marks.filter((mark) => calls?.delete(tagOf(mark)) === true))
    if (calls?.size === 0) due.delete(key)
  }

  return {
    see: (event) => {
      if (event.type === 'run-start') plays = event.plays.map((_, index, names) => playMark(names, index))
      if (event.type !== 'handlers-due' && event.type !== 'task-start' && event.type !== 'task-end') return
      const { task } = event
      const play = plays[task.play] ?? { play: '', nth: 0 }
      if (event.type === 'handlers-due') {
        for (const handler of event.handlers) call({ ...play, host: task.host, handler, run, call: task.id })
        return
      }
      if (event.type === 'task-start') underway.add(task.id)
      else underway.delete(task.id)
      if (event.type === 'task-end' && event.outcome === 'ok') takeBack(task.id)
      if (task.handler === undefined) return
      const key = keyOf({ ...play, host: task.host, handler: task.handler })
      if (event.type === 'task-start') {
        // the handler may miss changes of tasks that still run
        const calls = [...(due.get(key)?.values() ?? [])]
        serving.set(
          key,
          calls.filter((mark) => mark.run !== run || !underway.has(mark.call)),
        )
        return
      }
      const answered = serving.get(key)
      if (!serving.delete(key) || answered === undefined || !turns.has(event.outcome)) return
      answer(key, answered)
    },
    ledger: () => ({ due: [...due.values()].flatMap((calls) => [...calls.values()]), over: [...over] }),
  }
}

/** The ledger of a run, with its number. */
export interface RunLedger {
  readonly run: number
  readonly ledger: Ledger
}

/**
 * The notifications that are due after some runs. The newest run has those that were due when it began; of the
 * others, which overlapped with it, only their own notifications count.
 *
 * A notification is settled when a run that had it has settled it. A concurrent run that did not have it does not
 * settle it: it is harmless if a handler runs once too often, but not if it never runs.
 */
export const dueAfter = (newest: RunLedger | undefined, others: readonly RunLedger[]): HandlerMark[] => {
  if (newest === undefined) return []
  const over = new Set([newest, ...others].flatMap(({ ledger }) => ledger.over.map(tagOf)))
  const marks = [
    ...newest.ledger.due,
    ...others.flatMap(({ run, ledger }) => ledger.due.filter((mark) => mark.run === run)),
  ]
  const due = new Map(marks.map((mark) => [tagOf(mark), mark]))
  for (const tag of over) due.delete(tag)
  return [...due.values()]
}
