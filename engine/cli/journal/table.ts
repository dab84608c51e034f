/** Recorded runs as a table. Pure. */
import { relative } from 'node:path'
import { exitCodes } from '../../exit-codes.ts'
import { duration, oneLine, pad, plural } from '../../report/text.ts'
import { handlersOf } from '../../run/handlers/ledger.ts'
import type { RecordedRun } from './files.ts'
import type { Subject } from './header.ts'

const two = (value: number): string => String(value).padStart(2, '0')

/** A time in the time zone of this machine, such as `2026-11-24 18:03`. */
export const clock = (time: number): string => {
  const at = new Date(time)
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** A path relative to `from` if it is below it. */
export const shownPath = (path: string, from: string): string => {
  const short = path.startsWith('/') ? relative(from, path) : path
  return short.startsWith('..') || short === '' ? path : short
}

const named = (hosts: readonly string[]): string => {
  if (hosts.length === 0) return ''
  const shown = hosts.slice(0, 3).join(', ')
  return hosts.length > 3 ? ` (${shown} and ${hosts.length - 3} more)` : ` (${shown})`
}

const words: Readonly<Record<number, string>> = {
  [exitCodes.ok]: 'ok',
  [exitCodes.differs]: 'differs',
  [exitCodes.failed]: 'failed',
  [exitCodes.unreachable]: 'unreachable',
  [exitCodes.interrupted]: 'interrupted',
}

/** The result of a run, with the hosts that failed. */
export const resultOf = ({ header, trailer }: RecordedRun, running: boolean): string => {
  const check = header.check ? 'check: ' : ''
  if (trailer === undefined) return `${check}${running ? 'running' : 'killed'}`
  const verb = header.check ? 'would change' : 'changed'
  const changed = trailer.exit === exitCodes.ok && trailer.changed > 0 ? `, ${trailer.changed} ${verb}` : ''
  const due = handlersOf(trailer.due).length
  const left = due === 0 ? '' : `, ${plural(due, 'handler')} due`
  return `${check}${words[trailer.exit] ?? 'error'}${named(trailer.failed)}${changed}${left}`
}

/** The inventory of a run, as lines about the run name it. */
export const shownInventory = ({ inventory, within }: Subject, from: string): string =>
  [
    ...inventory.map((source) => shownPath(source, from)),
    ...(within === null ? [] : ['--within', within]),
  ].join(' ')

/** The table, with the newest run last. */
export const historyTable = (
  runs: readonly RecordedRun[],
  { from, isRunning }: { readonly from: string; readonly isRunning: (run: RecordedRun) => boolean },
): string => {
  const rows = runs.map((run) => [
    String(run.header.run),
    clock(run.header.time),
    shownPath(run.header.playbook, from),
    shownInventory(run.header, from),
    run.trailer === undefined ? '' : String(run.trailer.hosts),
    resultOf(run, isRunning(run)),
    run.trailer === undefined ? '' : duration(run.trailer.seconds),
  ])
  const table = [['run', 'when', 'playbook', 'inventory', 'hosts', 'result', 'took'], ...rows].map((row) =>
    row.map(oneLine),
  )
  const width = (column: number): number => Math.max(...table.map((row) => row[column]?.length ?? 0))
  return table
    .map((row) =>
      row
        .map((cell, column) => pad(cell, width(column), [0, 4].includes(column) ? 'start' : 'end'))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}
