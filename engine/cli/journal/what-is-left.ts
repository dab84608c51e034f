/** The state of a playbook and inventory: its newest run and its due handlers. */
import { dueAfter, keepLedger } from '../../run/handlers/ledger.ts'
import type { HandlerMark, Ledger, RunLedger } from '../../run/handlers/ledger.ts'
import { entriesOf } from './events.ts'
import type { Damage } from './events.ts'
import { mayRun, readRun } from './files.ts'
import type { RecordedRun } from './files.ts'
import { isSame } from './header.ts'
import type { Subject } from './header.ts'
import { subjectHash } from './names.ts'
import type { Listing, RunName } from './names.ts'

/** The state after earlier runs. Runs under `--check` do not change it. */
export interface WhatIsLeft {
  /** The last run that could change something. */
  readonly newest: RecordedRun | undefined
  readonly due: readonly HandlerMark[]
  /** Runs that are running, or can be running. */
  readonly beside: readonly number[]
  /** Messages about journals that cannot be read. */
  readonly warnings: readonly string[]
}

/** The ledger at the end of a run; for a run that was killed it is made from its events. */
const ledgerOf = ({ file, header, trailer }: RecordedRun, damage: Damage): Ledger => {
  if (trailer !== undefined) return trailer
  const { see, ledger } = keepLedger(header.run, header.due)
  for (const entry of entriesOf(file, ['run-start', 'handlers-due', 'task-start', 'task-end'], damage))
    if (entry.type !== 'signature') see(entry)
  return ledger()
}

/**
 * Reads the state. It opens the newest run and those that can have run at the same time. The header of the newest run has the
 * handlers that were due when it started, so older files are not needed.
 */
export const whatIsLeft = (folder: string, subject: Subject, listing: Listing): WhatIsLeft => {
  const hash = subjectHash(subject)
  const names = listing.runs
  const counts = ({ subject: of, check }: RunName): boolean => of === hash && !check
  const warnings: string[] = []
  const read = (name: RunName): RecordedRun | undefined => {
    const found = readRun(folder, name)
    if (found === undefined) return undefined
    if (typeof found === 'object' && isSame(found.header, subject)) return found
    const why = typeof found === 'string' ? found : 'it belongs to another playbook or inventory'
    warnings.push(
      `the journal of run ${name.run} is ignored: ${why}; its due handlers are not known (${folder}/${name.name})`,
    )
    return undefined
  }
  const ledger = (run: RecordedRun): RunLedger | undefined => {
    const damage = { lines: 0 }
    try {
      const found = { run: run.header.run, ledger: ledgerOf(run, damage) }
      if (damage.lines > 0)
        warnings.push(
          `the journal of run ${found.run} is damaged (${damage.lines} ${damage.lines === 1 ? 'line' : 'lines'}): it can have due handlers that are not known (${run.file})`,
        )
      return found
    } catch {
      // just pruned by another run
      return undefined
    }
  }
  let newest: RecordedRun | undefined
  let at = names.length
  while (newest === undefined && at > 0) {
    at -= 1
    const name = names[at]
    if (name !== undefined && counts(name)) newest = read(name)
  }
  if (newest === undefined) return { newest, due: [], beside: listing.claims, warnings }
  const { header } = newest
  const beside = new Set(header.beside)
  const first = beside.size === 0 ? -1 : names.findIndex((name) => counts(name) && beside.has(name.run))
  const others = names
    .slice(first === -1 ? at : first, at)
    .filter(counts)
    .flatMap((name) => read(name) ?? [])
  return {
    newest,
    due: dueAfter(
      ledger(newest),
      others.flatMap((run) => ledger(run) ?? []),
    ),
    beside: [...others, newest]
      .filter(mayRun)
      .map((run) => run.header.run)
      .concat(listing.claims),
    warnings,
  }
}
