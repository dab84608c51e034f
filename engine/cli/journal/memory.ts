/** What is recorded of earlier runs of a playbook and inventory. */
import { collectPast } from '../../run/journal/past.ts'
import type { Past } from '../../run/journal/past.ts'
import type { HandlerMark } from '../../run/handlers/ledger.ts'
import { entriesOf } from './events.ts'
import type { Damage } from './events.ts'
import { readRun } from './files.ts'
import type { RecordedRun } from './files.ts'
import { folderFault } from '../private-folder.ts'
import { stateAdvice } from './folder.ts'
import type { Subject } from './header.ts'
import { listState, subjectHash } from './names.ts'
import { whatIsLeft } from './what-is-left.ts'

/** The record of earlier runs; empty if there are none. */
export interface Memory {
  /** The last run that could change something. */
  readonly last: RecordedRun | undefined
  /** The highest number in the state folder when it was read, for {@link claimRun}; undefined if it was not read. */
  readonly seen: number | undefined
  /** Calls of due handlers. */
  readonly due: readonly HandlerMark[]
  /** Messages about journals that cannot be read. */
  readonly warnings: readonly string[]
  /** What the last run, and the runs that it resumed, did; with messages about lines that cannot be read. */
  readonly past: () => { readonly past: Past; readonly warnings: readonly string[] }
}

const nothing = {
  last: undefined,
  seen: undefined,
  due: [],
  past: () => ({ past: collectPast().past, warnings: [] }),
}

/** A memory without runs. */
export const noMemory: Memory = { ...nothing, warnings: [] }

/** A run and the chain of runs that it resumes, the oldest first. */
const chainOf = (last: RecordedRun, find: (run: number) => RecordedRun | undefined): RecordedRun[] => {
  const chain = [last]
  for (let { run, resumes } = last.header; resumes !== null && resumes < run;) {
    // only an earlier run, even if the file is damaged
    const before = find(resumes)
    if (before === undefined) break
    chain.unshift(before)
    ;({ run, resumes } = before.header)
  }
  return chain
}

/** Reads the record of earlier runs from a state folder, with a warning for each journal that cannot be read. */
export const remember = (folder: string, subject: Subject): Memory => {
  const why = folderFault(folder, stateAdvice)
  if (why !== undefined) return { ...nothing, warnings: [`earlier runs are not read: ${why}`] }
  const hash = subjectHash(subject)
  const listing = listState(folder, hash)
  const { newest, due, warnings } = whatIsLeft(folder, subject, listing)
  const { foreign } = listing
  const find = (run: number): RecordedRun | undefined => {
    const name = listing.runs.find((one) => one.run === run && one.subject === hash && !one.check)
    const found = name === undefined ? undefined : readRun(folder, name)
    return typeof found === 'object' ? found : undefined
  }
  return {
    last: newest,
    seen: listing.last,
    due,
    warnings: [
      ...warnings,
      ...(foreign.length === 0
        ? []
        : [
            `${foreign.length} journals of an earlier version in ${folder} are not read: their due handlers are not known; \`run history prune\` removes them`,
          ]),
    ],
    past: () => {
      const { see, sign, past } = collectPast()
      const unread: string[] = []
      for (const { file, header } of newest === undefined ? [] : chainOf(newest, find)) {
        const damage: Damage = { lines: 0 }
        try {
          for (const entry of entriesOf(
            file,
            ['run-start', 'task-progress', 'task-end', 'signature'],
            damage,
          )) {
            if (entry.type === 'signature') sign(entry)
            else see(entry)
          }
        } catch (error) {
          unread.push(`the journal of run ${header.run} cannot be read: ${String(error)}`)
        }
        if (damage.lines > 0)
          unread.push(
            `the journal of run ${header.run} is damaged (lines that cannot be read: ${damage.lines}); the tasks that they record run again`,
          )
      }
      return { past, warnings: unread }
    },
  }
}
