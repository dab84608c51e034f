import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../../run/events.ts'
import { keepLedger } from '../../run/journal/ledger.ts'
import { jsonReporter } from '../../report/json.ts'
import { dispatch } from '../../report/reporter.ts'
import { mayRun, recordedRuns } from './files.ts'
import { fileOfRun, makePrivate, runOfFile } from './folder.ts'
import type { Header, Trailer } from './header.ts'
import { createLineFile } from './line-file.ts'
import type { Care, LineFile } from './line-file.ts'
import { pruneRuns } from './memory.ts'

/** The record of one run, written as it happens. It never fails the run. */
export interface Journal {
  /** The number by which `run history` knows the run. */
  readonly run: number
  record(event: RunEvent): void
  /** Writes how the run ended. Resolves when it is on the disk. */
  close(exit: number): Promise<void>
}

export interface JournalOptions {
  readonly folder: string
  readonly header: Omit<Header, 'run' | 'beside'>
  /** How many runs of the same playbook and inventory are kept. */
  readonly keep: number
  /** Told, once, when the journal cannot be written; the run goes on. */
  readonly warn: (text: string) => void
}

const because = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What must not be lost: a handler that is due, before the change that it is due for; then changes. */
const careFor = (event: RunEvent): Care => {
  if (event.type === 'handlers-due') return 'on disk'
  if (event.type === 'task-end') return event.outcome === 'changed' ? 'now' : 'soon'
  return event.type === 'run-start' ? 'now' : 'soon'
}

/** The file of the next number. Two runs that begin at once get two numbers. */
const nextFile = (
  folder: string,
  failed: (error: unknown) => void,
): { readonly run: number; readonly file: LineFile } => {
  makePrivate(folder)
  const last = Math.max(0, ...readdirSync(folder).map((name) => runOfFile(name) ?? 0))
  for (let run = last + 1; ; run += 1) {
    try {
      return { run, file: createLineFile(join(folder, fileOfRun(run)), failed) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** The end of a run, drawn from its events. */
const summary = () => {
  const { see, ledger } = keepLedger()
  let hosts = 0
  let seconds = 0
  let changed = 0
  let failed: string[] = []
  return {
    see: (event: RunEvent): void => {
      see(event)
      if (event.type === 'run-start') hosts = event.hosts.length
      if (event.type !== 'run-end') return
      ;({ seconds } = event)
      const { recap } = event
      failed = recap.flatMap(({ host, counts }) => (counts.failed + counts.unreachable > 0 ? [host] : []))
      changed = recap.reduce((sum, { counts }) => sum + counts.changed + counts['would change'], 0)
    },
    trailer: (exit: number): Trailer => ({
      type: 'journal-end',
      time: Date.now(),
      exit,
      seconds,
      hosts,
      failed,
      changed,
      ...ledger(),
    }),
  }
}

/**
 * Begins the journal of a run: a file of JSON lines in the state folder, its header first. A run that is killed leaves
 * what happened until then; at worst the last line is cut.
 *
 * @returns undefined, after a warning, where the state folder cannot be written.
 */
export const openJournal = ({ folder, header, keep, warn }: JournalOptions): Journal | undefined => {
  const failed = (error: unknown): void =>
    warn(`the journal of this run is not complete, --resume may do things again: ${because(error)}`)
  let made: ReturnType<typeof nextFile>
  try {
    made = nextFile(folder, failed)
  } catch (error) {
    warn(`this run is not recorded (no --resume, no history; --no-journal is silent): ${because(error)}`)
    return undefined
  }
  const { run, file } = made
  const beside = recordedRuns(folder).filter(mayRun)
  const whole: Header = { ...header, run, beside: beside.map((other) => other.header.run) }
  file.add(JSON.stringify(whole), 'now')
  const end = summary()
  let care: Care = 'soon'
  const json = jsonReporter({
    write: (line) => file.add(line.trimEnd(), care),
    color: false,
    width: 80,
    height: 24,
    diff: false,
    verbosity: 0,
  })
  return {
    run,
    record: (event) => {
      end.see(event)
      care = careFor(event)
      dispatch(json, event)
    },
    close: async (exit) => {
      file.add(JSON.stringify(end.trailer(exit)), 'now')
      await file.close()
      try {
        pruneRuns(folder, whole, keep)
      } catch {
        // an old run too many harms nobody
      }
    },
  }
}
