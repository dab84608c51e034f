import { isDecimal } from '../../dsl/decimal.ts'
import { exitCodes } from '../../error-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { dispatch } from '../../report/reporter.ts'
import { plural } from '../../report/text.ts'
import { bytesText } from '../../report/transfer-text.ts'
import { eventsOf } from './events.ts'
import type { Damage } from './events.ts'
import { isRunning, readRun } from './files.ts'
import type { RecordedRun } from './files.ts'
import { retentionOf, stateFolder } from './folder.ts'
import type { Retention } from './folder.ts'
import { subjectOf } from './header.ts'
import { listState } from './names.ts'
import { pruneAll, pruneForeign } from './prune.ts'
import { clock, historyTable, resultOf, shownPath } from './table.ts'
import type { OutputKind } from '../../report/outputs.ts'
import type { CommandContext } from '../define-command.ts'
import { openReporters } from '../session/reporters.ts'

/** The newest runs, of a playbook where one is named, the oldest first; files that nobody asks for stay closed. */
const newest = (
  folder: string,
  playbook: string | undefined,
  last: number,
): { readonly runs: readonly RecordedRun[]; readonly damaged: readonly string[] } => {
  const wanted = playbook === undefined ? undefined : subjectOf(playbook, { inventory: [] }).playbook
  const runs: RecordedRun[] = []
  const damaged: string[] = []
  for (const name of listState(folder).runs.toReversed()) {
    if (runs.length >= last) break
    const run = readRun(folder, name)
    if (typeof run === 'string') damaged.push(`run ${name.run} cannot be read: ${run}`)
    if (typeof run !== 'object' || (wanted !== undefined && run.header.playbook !== wanted)) continue
    runs.unshift(run)
  }
  return { runs, damaged }
}

const list = (runs: readonly RecordedRun[], output: 'json' | undefined): string => {
  if (output === 'json')
    return runs
      .map(({ header, trailer }) => `${JSON.stringify({ ...header, end: trailer ?? null })}\n`)
      .join('')
  if (runs.length === 0) return 'no run is recorded\n'
  return historyTable(runs, { from: process.cwd(), isRunning })
}

const find = (folder: string, number: number): RecordedRun => {
  const name = listState(folder).runs.find(({ run }) => run === number)
  const run = name === undefined ? undefined : readRun(folder, name)
  if (typeof run === 'object') return run
  if (run !== undefined)
    throw new CoxswainError('usage', `run ${number} cannot be read: ${run}`, {
      hint: `its journal is damaged; \`run history prune\` removes it in time (${folder}/${name?.name ?? ''})`,
    })
  throw new CoxswainError('usage', `there is no run ${number}`, {
    hint: 'see `run history` for the numbers; old runs are removed (see `run history prune --help`)',
  })
}

/** The number of a run, as it is typed. */
const numberOfRun = (typed: string): number => {
  if (isDecimal(typed) && Number.isInteger(Number(typed))) return Number(typed)
  throw new CoxswainError('usage', `${shownWord(typed)} is not a number of a run`, {
    hint: 'see `run history` for the numbers',
  })
}

interface ShowInput {
  readonly arguments: { readonly run: string }
  readonly options: {
    readonly output: OutputKind | undefined
    readonly report: string | undefined
    readonly diff: boolean
    readonly verbose: number
  }
}

/** `run history show N`. Gives the exit status. */
export const showRun = async (
  { arguments: { run: typed }, options }: ShowInput,
  { outlets, program }: CommandContext,
): Promise<number> => {
  const run = find(stateFolder(process.env), numberOfRun(typed))
  const { header } = run
  const { reporter, notice } = await openReporters(
    { ...options, output: [{ kind: options.output ?? 'plain' }] },
    outlets,
  )
  const inventory = header.inventory.map((source) => shownPath(source, process.cwd())).join(' ')
  notice(
    `run ${header.run}, ${clock(header.time)}, by ${header.user}@${header.machine}, inventory ${inventory}: ${program.name} ${header.argv.join(' ')}`,
  )
  const damage: Damage = { lines: 0 }
  for (const event of eventsOf(run.file, damage)) dispatch(reporter, event)
  if (run.trailer === undefined) notice(`run ${header.run}: ${resultOf(run, isRunning(run))}`)
  if (damage.lines > 0)
    notice(`run ${header.run}: its journal is damaged, ${plural(damage.lines, 'line')} cannot be read`)
  await reporter.close()
  return exitCodes.ok
}

interface PruneInput {
  readonly options: { readonly [Limit in keyof Retention]: number | undefined }
}

/** `run history prune`: what to keep is what the command line says, else the environment. Gives the exit status. */
export const pruneRuns = async (
  { options: { keep, days, mib } }: PruneInput,
  { outlets: { out } }: CommandContext,
): Promise<number> => {
  const folder = stateFolder(process.env)
  const usual = retentionOf(process.env)
  const foreign = pruneForeign(folder)
  const retention = { keep: keep ?? usual.keep, days: days ?? usual.days, mib: mib ?? usual.mib }
  const { runs, bytes } = pruneAll(folder, retention, Date.now())
  const left = listState(folder).runs.length
  const old = foreign === 0 ? '' : `, ${plural(foreign, 'journal')} of earlier versions`
  out(`removed: ${plural(runs, 'run')} (${bytesText(bytes)})${old}; left: ${plural(left, 'run')}\n`)
  return exitCodes.ok
}

interface ListInput {
  readonly arguments: { readonly playbook: string | undefined }
  readonly options: { readonly last: number; readonly output: 'json' | undefined }
}

/** `run history`. Gives the exit status. */
export const listRuns = async (
  { arguments: { playbook }, options: { last, output } }: ListInput,
  { outlets: { out, err } }: CommandContext,
): Promise<number> => {
  const { runs, damaged } = newest(stateFolder(process.env), playbook, last)
  out(list(runs, output), output ?? 'text')
  for (const text of damaged) err(`${text}\n`)
  return exitCodes.ok
}
