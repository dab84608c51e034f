/** Removes old runs. */
import { rmSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { keepLedger } from '../../run/handlers/ledger.ts'
import { isRunning, readRun } from './files.ts'
import type { Retention } from './folder.ts'
import { claimOf, listState } from './names.ts'
import type { RunName } from './names.ts'

/** What was removed. */
export interface Pruned {
  readonly runs: number
  readonly bytes: number
}

const dayTime = 86_400_000

interface StoredRun extends RunName {
  readonly bytes: number
  /** Milliseconds since the last write; never negative, even if the clock was changed. */
  readonly age: number
}

const statRun = (folder: string, now: number, name: RunName): StoredRun[] => {
  const stat = statSync(join(folder, name.name), { throwIfNoEntry: false })
  return stat === undefined ? [] : [{ ...name, bytes: stat.size, age: Math.max(0, now - stat.mtimeMs) }]
}

/** Whether a run has ended, so that its file is complete. */
const hasEnded = (folder: string, name: RunName): boolean => {
  const run = readRun(folder, name)
  return typeof run !== 'object' || !isRunning(run)
}

/** Whether a run has no due handlers, which the next run would need. */
const hasNoDueHandlers = (folder: string, name: RunName): boolean => {
  const run = readRun(folder, name)
  if (typeof run !== 'object') return true
  const { trailer, header } = run
  return (trailer ?? keepLedger(header.run, header.due).ledger()).due.length === 0 && trailer !== undefined
}

const remove = (folder: string, runs: readonly StoredRun[]): Pruned => {
  let bytes = 0
  let count = 0
  for (const run of runs) {
    if (!hasEnded(folder, run)) continue
    try {
      unlinkSync(join(folder, run.name))
    } catch {
      // another run removed it, or it is not a file
      continue
    }
    count += 1
    bytes += run.bytes
  }
  return { runs: count, bytes }
}

/** The newest run of each playbook and inventory that could change something, which the next run needs. */
const newestOf = (runs: readonly RunName[]): Set<string> =>
  new Set(new Map(runs.filter(({ check }) => !check).map((run) => [run.subject, run.name])).values())

/** The most files that a run removes at its end, so that it ends quickly. */
const mostAtOnce = 200

/**
 * Removes the oldest runs of a playbook and inventory beyond the number to keep; at most {@link mostAtOnce} at once. The
 * newest run and running ones are kept.
 */
export const pruneSubject = (folder: string, subject: string, keep: number): Pruned => {
  const { runs } = listState(folder, subject)
  const newest = newestOf(runs)
  const old = runs.slice(0, Math.max(0, runs.length - keep)).filter(({ name }) => !newest.has(name))
  return remove(
    folder,
    old.slice(0, mostAtOnce).map((run) => ({ ...run, bytes: 0, age: 0 })),
  )
}

/**
 * Removes runs of all playbooks and inventories: runs beyond the number to keep of each, runs that are too old, and the
 * oldest until the total size is below the limit. Runs are ordered by number, not by time.
 *
 * The newest run of each that could change something is kept until it is too old and has no due handlers.
 *
 * @param now Unix milliseconds.
 */
export const pruneAll = (folder: string, { keep, days, mib }: Retention, now: number): Pruned => {
  const { runs: names, claims } = listState(folder)
  const runs = names.flatMap((name) => statRun(folder, now, name))
  const newest = newestOf(runs)
  const left = new Map<string, number>()
  let bytes = 0
  let full = false
  const old: StoredRun[] = []
  for (const run of runs.toReversed()) {
    const count = (left.get(run.subject) ?? 0) + 1
    left.set(run.subject, count)
    const tooOld = run.age > days * dayTime
    const needed = newest.has(run.name) && !(tooOld && hasNoDueHandlers(folder, run))
    full ||= bytes + run.bytes > mib * 1024 * 1024
    if (!needed && (tooOld || full || count > keep)) old.push(run)
    else bytes += run.bytes
  }
  for (const run of claims) {
    const path = join(folder, claimOf(run))
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat !== undefined && now - stat.mtimeMs > dayTime) rmSync(path, { force: true })
  }
  return remove(folder, old)
}

/** Removes the journals of an earlier version. Returns their number. */
export const pruneForeign = (folder: string): number => {
  const { foreign } = listState(folder)
  for (const name of foreign) rmSync(join(folder, name), { force: true })
  return foreign.length
}
