/** What earlier runs of a playbook and inventory have left for the next one. */
import { rmSync } from 'node:fs'
import { dueHandlers, keepLedger } from '../../run/journal/ledger.ts'
import type { HandlerMark, Ledger } from '../../run/journal/ledger.ts'
import { collectPast } from '../../run/journal/past.ts'
import type { Past } from '../../run/journal/past.ts'
import { eventsOf } from './events.ts'
import { isRunning, recordedRuns } from './files.ts'
import type { RecordedRun } from './files.ts'
import { isSame } from './header.ts'
import type { Subject } from './header.ts'

/** What is remembered; nothing is where there was no run. */
export interface Memory {
  /** The last run that could change something. */
  readonly last: RecordedRun | undefined
  /** Handlers that were notified and have not had their turn. */
  readonly due: readonly HandlerMark[]
  /** What the last run, and those that it went on with, did. */
  readonly past: () => Past
}

/** A memory without a run in it. */
export const noMemory: Memory = { last: undefined, due: [], past: () => collectPast().past }

const runsOf = (folder: string, subject: Subject): RecordedRun[] =>
  recordedRuns(folder).filter(({ header }) => isSame(header, subject))

/** The ledger at the end of a run's file; of one that was killed it is made from what happened. */
const ledgerOf = ({ file, trailer }: RecordedRun): Ledger => {
  if (trailer !== undefined) return trailer
  const { see, ledger } = keepLedger()
  for (const event of eventsOf(file, ['run-start', 'handlers-due', 'task-start', 'task-end'])) see(event)
  return ledger()
}

/** The runs that one goes on with, the oldest first, itself the last. */
const chainOf = (runs: readonly RecordedRun[], last: RecordedRun): RecordedRun[] => {
  // only one before it, whatever a damaged file says
  const before = runs.find(({ header }) => header.run === last.header.resumes && header.run < last.header.run)
  return before === undefined ? [last] : [...chainOf(runs, before), last]
}

/** The handlers that are due after some runs, the oldest first. */
const dueAfter = (runs: readonly RecordedRun[]): HandlerMark[] =>
  dueHandlers(runs.map(ledgerOf), (earlier, later) => {
    const before = runs[earlier]?.header.run
    return before !== undefined && runs[later]?.header.beside.includes(before) === true
  })

/** Remembers what is recorded in a state folder. Runs under `--check` have left nothing. */
export const remember = (folder: string, subject: Subject): Memory => {
  const runs = runsOf(folder, subject).filter(({ header }) => !header.check)
  const last = runs.at(-1)
  return {
    last,
    due: dueAfter(runs),
    past: () => {
      const { see, past } = collectPast()
      for (const { file } of last === undefined ? [] : chainOf(runs, last))
        for (const event of eventsOf(file, ['run-start', 'host-end', 'task-end'])) see(event)
      return past
    },
  }
}

/**
 * Removes the oldest runs of a playbook and inventory, so that so many are left. One that is under way stays, and one that
 * left a handler due, until that had its turn.
 */
export const pruneRuns = (folder: string, subject: Subject, keep: number): void => {
  const same = runsOf(folder, subject)
  const old = same.slice(0, Math.max(0, same.length - keep))
  if (old.length === 0) return
  const real = same.filter(({ header }) => !header.check)
  const marks = new Set(dueAfter(real).map((mark) => JSON.stringify(mark)))
  const leftDue = (run: RecordedRun): boolean =>
    !run.header.check && ledgerOf(run).due.some((mark) => marks.has(JSON.stringify(mark)))
  for (const run of old) if (!isRunning(run) && !leftDue(run)) rmSync(run.file, { force: true })
}
