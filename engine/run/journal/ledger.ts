/** Which handlers a run called for, and which of them had their turn: what is left is due the next time. Pure. */
import type { Outcome, RunEvent } from '../events.ts'

/** A play of a playbook, known again when plays of other names come before it. */
export interface PlayMark {
  readonly play: string
  /** How many plays before it have the same name. */
  readonly nth: number
}

/** A handler of a play on a host, and when it last became due, or began its turn (Unix milliseconds). */
export interface HandlerMark extends PlayMark {
  readonly host: string
  readonly handler: string
  readonly time: number
}

/** What one run did with handlers. */
export interface Ledger {
  /** Those that it left due. */
  readonly due: readonly HandlerMark[]
  readonly served: readonly HandlerMark[]
}

/** How a handler had its turn. */
const turns = new Set<Outcome>(['ok', 'changed', 'skipped', 'ignored'])

const keyOf = ({ play, nth, host, handler }: Omit<HandlerMark, 'time'>): string =>
  JSON.stringify([play, nth, host, handler])

/** The play at a position among the names of all plays. */
export const playMark = (plays: readonly string[], index: number): PlayMark => {
  const play = plays[index] ?? ''
  return { play, nth: plays.slice(0, index).filter((name) => name === play).length }
}

/** Keeps the ledger of a run while its events pass. */
export const keepLedger = (): { readonly see: (event: RunEvent) => void; readonly ledger: () => Ledger } => {
  /** With the tasks that called for each. */
  const due = new Map<string, Map<number, HandlerMark>>()
  const served = new Map<string, HandlerMark>()
  /** Handlers that run, and were not called for anew since they began. */
  const serving = new Map<string, HandlerMark>()
  let plays: readonly PlayMark[] = []
  return {
    see: (event) => {
      if (event.type === 'run-start') plays = event.plays.map((_, index, names) => playMark(names, index))
      if (event.type !== 'handlers-due' && event.type !== 'task-start' && event.type !== 'task-end') return
      const { time, task } = event
      const mark = (handler: string): HandlerMark => ({
        ...(plays[task.play] ?? { play: '', nth: 0 }),
        host: task.host,
        handler,
        time,
      })
      if (event.type === 'handlers-due') {
        for (const one of event.handlers.map(mark)) {
          const calls = due.get(keyOf(one)) ?? new Map<number, HandlerMark>()
          due.set(keyOf(one), calls.set(task.id, one))
          // what is changed now may be too late for one that runs already
          serving.delete(keyOf(one))
        }
        return
      }
      if (event.type === 'task-end' && event.outcome === 'ok') {
        // it has changed nothing: what it called for is as it was before
        for (const [key, calls] of due) if (calls.delete(task.id) && calls.size === 0) due.delete(key)
      }
      if (task.handler === undefined) return
      const one = mark(task.handler)
      const key = keyOf(one)
      if (event.type === 'task-start') {
        serving.set(key, one)
        return
      }
      const begun = serving.get(key)
      serving.delete(key)
      if (begun === undefined || !turns.has(event.outcome)) return
      served.set(key, begun)
      due.delete(key)
    },
    ledger: () => ({
      due: [...due.values()].flatMap((calls) => [...calls.values()].slice(-1)),
      served: [...served.values()],
    }),
  }
}

/** Whether two runs were under way at the same time, by their places in the list; the earlier one first. */
export type Overlap = (earlier: number, later: number) => boolean

/**
 * The handlers that are due after some runs, in the order in which those began: that a run left due, and no run after it
 * has served. For runs that overlap, on different hosts, the clock says which came first; for others it is not asked, as it
 * may have been set back between them.
 */
export const dueHandlers = (ledgers: readonly Ledger[], overlap: Overlap = () => false): HandlerMark[] => {
  const turnsOf = new Map<string, { readonly run: number; readonly time: number }[]>()
  for (const [run, { served }] of ledgers.entries()) {
    for (const one of served) {
      const known = turnsOf.get(keyOf(one)) ?? []
      turnsOf.set(keyOf(one), known)
      known.push({ run, time: one.time })
    }
  }
  const due = new Map<string, HandlerMark>()
  for (const [run, ledger] of ledgers.entries()) {
    for (const one of ledger.due) {
      const over = (turnsOf.get(keyOf(one)) ?? []).some((turn) => {
        if (turn.run === run) return false
        const beside = overlap(Math.min(turn.run, run), Math.max(turn.run, run))
        return beside ? turn.time >= one.time : turn.run > run
      })
      if (!over) due.set(keyOf(one), one)
    }
  }
  return [...due.values()]
}
