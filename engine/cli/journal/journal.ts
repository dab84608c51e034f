import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { jsonReporter } from '../../report/json.ts'
import { dispatch } from '../../report/reporter.ts'
import { now } from '../../run/clock.ts'
import type { RunEvent, TaskRef } from '../../run/events.ts'
import { keepLedger } from '../../run/handlers/ledger.ts'
import type { HandlerMark } from '../../run/handlers/ledger.ts'
import type { Signature } from '../../run/journal/signature.ts'
import { claimRun } from './claim.ts'
import { makePrivate } from '../private-folder.ts'
import { stateAdvice } from './folder.ts'
import type { Retention } from './folder.ts'
import type { Header, NewHeader, Trailer } from './header.ts'
import { makeHash } from './key.ts'
import type { Hash } from './key.ts'
import { linesInto } from './line-file.ts'
import type { Durability, LineFile } from './line-file.ts'
import { fileOfRun, subjectHash } from './names.ts'
import { pruneAll, pruneSubject } from './prune.ts'
import type { SignedTask } from './signed.ts'
import { whatIsLeft } from './what-is-left.ts'

/** The record of one run, written as it happens. It never fails the run. */
export interface Journal {
  /** The number of the run in `run history`. */
  readonly run: number
  /** Whether the journal is complete so far. */
  readonly intact: boolean
  record(event: RunEvent): void
  /** Whether the next run will find that a handler is due on a host. */
  remembers(host: string, handler: string): boolean
  /** Writes the trailer. Resolves when it is on disk. */
  close(exit: number): Promise<void>
}

export interface JournalOptions {
  readonly folder: string
  readonly header: NewHeader
  /** The highest number that was recently seen in the folder, see `claimRun`. */
  readonly seen?: number | undefined
  /** The limits on recorded runs. */
  readonly retention: Retention
  /** Makes the signature of a task, given a hash function; undefined if it is not known. */
  readonly signatures?: (hash: Hash) => (task: TaskRef) => Signature | undefined
  /** Masks a line of JSON just before it is written. */
  readonly lastly?: (line: string) => string
  /** Called once if the journal cannot be written; the run continues. */
  readonly warn: (text: string) => void
}

const because = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** How an event must be written: a due handler is on disk before the change that notifies it; then changes. */
const durabilityOf = (event: RunEvent): Durability => {
  if (event.type === 'handlers-due' || event.type === 'run-end') return 'on disk'
  if (event.type === 'task-end') return event.outcome === 'changed' ? 'now' : 'soon'
  return event.type === 'run-start' ? 'now' : 'soon'
}

/** The state folder is pruned at each run whose number is a multiple of this. */
const pruneEvery = 20

/** Creates the file of the next run with its header. Runs that start at the same time get different numbers. */
const begin = (
  { folder, header, seen }: Pick<JournalOptions, 'folder' | 'header' | 'seen'>,
  failed: (error: unknown) => void,
): { readonly header: Header; readonly file: LineFile } => {
  makePrivate(folder, stateAdvice)
  const hash = subjectHash(header)
  const { run, path, file, listing } = claimRun(folder, hash, seen)
  const named = join(folder, fileOfRun(run, hash, header.check))
  let begun = false
  let failure: unknown
  const lines = linesInto(
    file,
    (error) => {
      if (begun) failed(error)
      else failure = error
    },
    named,
  )
  try {
    const { due, beside } = whatIsLeft(folder, header, listing)
    const complete: Header = { ...header, run, beside: [...beside], due: header.check ? [] : due }
    lines.add(JSON.stringify(complete), 'now')
    if (!lines.intact) throw failure
    // the file gets its final name with a complete header
    renameSync(path, named)
    begun = true
    return { header: complete, file: lines }
  } catch (error) {
    void lines.close()
    rmSync(path, { force: true })
    throw error
  }
}

/** Collects the trailer of a run from its events. */
const summary = (run: number, inherited: readonly HandlerMark[]) => {
  const { see, ledger } = keepLedger(run, inherited)
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
      time: now(),
      exit,
      seconds,
      hosts,
      failed,
      changed,
      ...ledger(),
    }),
  }
}

const handlerKey = (host: string, handler: string): string => JSON.stringify([host, handler])

/**
 * Begins the journal of a run: a file of JSON lines in the state folder, with the header first. If the run is killed, the
 * file has everything until then, except that its last line can be incomplete.
 *
 * @returns undefined, after a warning, if the state folder cannot be written or trusted.
 */
export const openJournal = (options: JournalOptions): Journal | undefined => {
  const { folder, retention, signatures, lastly = (line) => line, warn } = options
  let made: ReturnType<typeof begin>
  try {
    made = begin(options, (error) =>
      warn(
        `the journal of this run can no longer be written: handlers that become due from now on are not recorded, and --resume can repeat tasks: ${because(error)}`,
      ),
    )
  } catch (error) {
    warn(
      `this run is not recorded (no --resume, no history, and due handlers are lost; --no-journal turns this warning off): ${because(error)}`,
    )
    return undefined
  }
  const { header, file } = made
  const { run } = header
  const end = summary(run, header.due)
  const hash = signatures === undefined || header.check ? undefined : makeHash(folder)
  const signatureOf = hash === undefined ? undefined : signatures?.(hash)
  /** The signatures of running tasks from when they started. */
  const begun = new Map<number, Signature | undefined>()
  /** Due handlers that are on disk. */
  const remembered = new Set(header.due.map(({ host, handler }) => handlerKey(host, handler)))
  let durability: Durability = 'soon'
  const json = jsonReporter({
    write: (line) => file.add(lastly(line.trimEnd()), durability),
    color: false,
    width: 80,
    height: 24,
    diff: false,
    verbosity: 0,
  })
  const sign = ({ id, play, host, position, name }: TaskRef): void => {
    const signature = begun.get(id)
    begun.delete(id)
    if (signature === undefined) return
    const { definition, parameters, settings, variables, program } = signature
    const kept = { definition, parameters, settings, variables, program }
    const signed: SignedTask = { type: 'signature', play, host, position, name, ...kept }
    file.add(JSON.stringify(signed), 'soon')
  }
  return {
    run,
    get intact() {
      return file.intact
    },
    record: (event) => {
      end.see(event)
      if (event.type === 'task-start' && event.task.handler === undefined)
        begun.set(event.task.id, signatureOf?.(event.task))
      if (event.type === 'task-end') sign(event.task)
      durability = durabilityOf(event)
      dispatch(json, event)
      if (event.type === 'handlers-due' && file.intact)
        for (const handler of event.handlers) remembered.add(handlerKey(event.task.host, handler))
    },
    remembers: (host, handler) => file.intact || remembered.has(handlerKey(host, handler)),
    close: async (exit) => {
      await json.close()
      file.add(JSON.stringify(end.trailer(exit)), 'now')
      await file.close()
      try {
        pruneSubject(folder, subjectHash(header), retention.keep)
        if (run % pruneEvery === 0) pruneAll(folder, retention, Date.now())
      } catch {
        // an old run that is not pruned does no harm
      }
    },
  }
}
