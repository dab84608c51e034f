/** Which handlers a run called for, and which of them had their turn: what is left is due the next time. Pure. */
import type { Outcome, RunEvent } from '../events.ts'

/** A handler of a play on a host, and when it last became due or had its turn (Unix milliseconds). */
export interface HandlerMark {
  readonly play: string
  readonly host: string
  readonly handler: string
  readonly time: number
}

/** What one run did with handlers. */
export interface Ledger {
  readonly due: readonly HandlerMark[]
  readonly served: readonly HandlerMark[]
}

/** How a handler had its turn. */
const turns = new Set<Outcome>(['ok', 'changed', 'skipped', 'ignored'])

const keyOf = ({ play, host, handler }: Omit<HandlerMark, 'time'>): string =>
  JSON.stringify([play, host, handler])

/** Keeps the ledger of a run while its events pass. */
export const keepLedger = (): { readonly see: (event: RunEvent) => void; readonly ledger: () => Ledger } => {
  const due = new Map<string, HandlerMark>()
  const served = new Map<string, HandlerMark>()
  let plays: readonly string[] = []
  return {
    see: (event) => {
      if (event.type === 'run-start') ({ plays } = event)
      if (event.type !== 'handlers-due' && event.type !== 'task-end') return
      const { time, task } = event
      const mark = (handler: string): HandlerMark => ({
        play: plays[task.play] ?? '',
        host: task.host,
        handler,
        time,
      })
      if (event.type === 'handlers-due') {
        for (const one of event.handlers.map(mark)) due.set(keyOf(one), one)
      } else if (task.handler !== undefined && turns.has(event.outcome)) {
        const one = mark(task.handler)
        served.set(keyOf(one), one)
      }
    },
    ledger: () => ({ due: [...due.values()], served: [...served.values()] }),
  }
}

/**
 * The handlers that are due after some runs: those that became due and had no turn since. Runs may overlap, on different
 * hosts, so times decide, not the order of the runs.
 */
export const dueHandlers = (ledgers: readonly Ledger[]): HandlerMark[] => {
  const due = new Map<string, HandlerMark>()
  for (const mark of ledgers.flatMap((ledger) => ledger.due)) {
    const known = due.get(keyOf(mark))
    if (known === undefined || known.time < mark.time) due.set(keyOf(mark), mark)
  }
  for (const mark of ledgers.flatMap((ledger) => ledger.served)) {
    const known = due.get(keyOf(mark))
    if (known !== undefined && known.time <= mark.time) due.delete(keyOf(mark))
  }
  return [...due.values()]
}
