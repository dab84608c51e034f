/** Which handlers runs called for, and which of these calls are over: what is left is due the next time. Pure. */
import type { Outcome, RunEvent } from '../events.ts'

/** A play of a playbook, known again when plays of other names come before it. */
export interface PlayMark {
  readonly play: string
  /** How many plays before it have the same name. */
  readonly nth: number
}

/**
 * A call for a handler of a play on a host. Run and call make it unique, so that runs that overlap can tell which calls
 * are over without asking a clock.
 */
export interface HandlerMark extends PlayMark {
  readonly host: string
  readonly handler: string
  /** The run that called. */
  readonly run: number
  /** The id of the task in that run. */
  readonly call: number
}

/** What one run did with handlers. */
export interface Ledger {
  /** Calls that are due at its end: its own, and those of earlier runs that it took over. */
  readonly due: readonly HandlerMark[]
  /** Calls that it answered, or took back. */
  readonly over: readonly HandlerMark[]
}

/** How a handler had its turn. */
const turns = new Set<Outcome>(['ok', 'changed', 'skipped', 'ignored'])

type Handler = Omit<HandlerMark, 'run' | 'call'>

const keyOf = ({ play, nth, host, handler }: Handler): string => JSON.stringify([play, nth, host, handler])
const tagOf = (mark: HandlerMark): string => JSON.stringify([mark.run, mark.call, keyOf(mark)])

/** Each handler once, whatever called for it. */
export const handlersOf = (marks: readonly HandlerMark[]): Handler[] => [
  ...new Map(marks.map((mark) => [keyOf(mark), mark])).values(),
]

/** The play at a position among the names of all plays. */
export const playMark = (plays: readonly string[], index: number): PlayMark => {
  const play = plays[index] ?? ''
  return { play, nth: plays.slice(0, index).filter((name) => name === play).length }
}

/**
 * Keeps the ledger of a run while its events pass.
 *
 * @param run its number.
 * @param inherited calls of earlier runs that were due when it began.
 */
export const keepLedger = (
  run: number,
  inherited: readonly HandlerMark[] = [],
): { readonly see: (event: RunEvent) => void; readonly ledger: () => Ledger } => {
  /** Calls by handler. */
  const due = new Map<string, Map<string, HandlerMark>>()
  const over: HandlerMark[] = []
  /** Handlers that run, and were not called for again since they began; with the calls that they answer. */
  const serving = new Map<string, readonly HandlerMark[]>()
  /** Tasks of this run that are under way. */
  const underway = new Set<number>()
  let plays: readonly PlayMark[] = []

  const call = (mark: HandlerMark): void => {
    const key = keyOf(mark)
    due.set(key, (due.get(key) ?? new Map<string, HandlerMark>()).set(tagOf(mark), mark))
    // what is changed now may be too late for one that runs already
    serving.delete(key)
  }
  for (const mark of inherited) call(mark)

  /** The calls of a task that has changed nothing: what it called for is as it was before. */
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
        // what a task that is under way has yet to change comes too late for it
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
 * The calls that are due after some runs. The newest of them knows what was due when it began; of the others, which ran
 * beside it or beside those beside it, only what they did themselves counts.
 *
 * A call is over when a run that knew of it has answered it. A run that did not know of it, because it ran at the same
 * time, does not end it: that a handler runs once too often is harmless, that it never runs is not.
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
