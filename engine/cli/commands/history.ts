import { CoxswainError } from '../../errors.ts'
import { dispatch } from '../../report/reporter.ts'
import { plural } from '../../report/text.ts'
import { bytesText } from '../../report/transfer-text.ts'
import { eventsOf } from '../journal/events.ts'
import type { Damage } from '../journal/events.ts'
import { isRunning, readRun } from '../journal/files.ts'
import type { RecordedRun } from '../journal/files.ts'
import { stateFolder } from '../journal/folder.ts'
import type { Retention } from '../journal/folder.ts'
import { subjectOf } from '../journal/header.ts'
import { listState } from '../journal/names.ts'
import { pruneAll, pruneForeign } from '../journal/prune.ts'
import { clock, historyTable, resultOf, shownPath } from '../journal/table.ts'
import type { HistoryView } from '../options-history.ts'
import type { Options, Request } from '../options.ts'
import { openReporters } from '../reporters.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { outletsOf } from '../outlets.ts'
import type { Outlets } from '../outlets.ts'

/** The newest runs, of a playbook where one is named, the oldest first; files that nobody asks for stay closed. */
const newest = (
  folder: string,
  { playbook, last }: Extract<HistoryView, { kind: 'list' }>,
): { readonly runs: readonly RecordedRun[]; readonly damaged: readonly string[] } => {
  const wanted = playbook === undefined ? undefined : subjectOf(playbook, { inventory: [] }).playbook
  const runs: RecordedRun[] = []
  const damaged: string[] = []
  for (const name of listState(folder).runs.toReversed()) {
    if (runs.length >= Math.max(1, last)) break
    const run = readRun(folder, name)
    if (typeof run === 'string') damaged.push(`run ${name.run} cannot be read: ${run}`)
    if (typeof run !== 'object' || (wanted !== undefined && run.header.playbook !== wanted)) continue
    runs.unshift(run)
  }
  return { runs, damaged }
}

const list = (runs: readonly RecordedRun[], { output }: Pick<Options, 'output'>): string => {
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

const show = async (run: RecordedRun, options: Options, outlets: Outlets): Promise<void> => {
  const { header } = run
  // a drawing that moves has nothing to show of what is over
  const output = options.output === 'tree' ? 'plain' : (options.output ?? 'plain')
  const { reporter, notice } = openReporters({ ...options, output }, outlets)
  const inventory = header.inventory.map((source) => shownPath(source, process.cwd())).join(' ')
  notice(
    `run ${header.run}, ${clock(header.time)}, by ${header.user}@${header.machine}, inventory ${inventory}: run ${header.argv.join(' ')}`,
  )
  const damage: Damage = { lines: 0 }
  for (const event of eventsOf(run.file, damage)) dispatch(reporter, event)
  if (run.trailer === undefined) notice(`run ${header.run}: ${resultOf(run, isRunning(run))}`)
  if (damage.lines > 0)
    notice(`run ${header.run}: its journal is damaged, ${plural(damage.lines, 'line')} cannot be read`)
  await reporter.close()
}

const prune = (folder: string, retention: Retention): string => {
  const foreign = pruneForeign(folder)
  const { runs, bytes } = pruneAll(folder, retention, Date.now())
  const left = listState(folder).runs.length
  const old = foreign === 0 ? '' : `, ${plural(foreign, 'journal')} of earlier versions`
  return `removed: ${plural(runs, 'run')} (${bytesText(bytes)})${old}; left: ${plural(left, 'run')}\n`
}

/** `run history`, `run history show N` and `run history prune`. Gives the exit status. */
export const history = async (
  { view, options }: Extract<Request, { kind: 'history' }>,
  redactor: Redactor,
): Promise<number> => {
  const outlets = outletsOf(redactor)
  const folder = stateFolder(process.env)
  if (view.kind === 'list') {
    const { runs, damaged } = newest(folder, view)
    outlets.out(list(runs, options), options.output === 'json' ? 'json' : 'text')
    for (const text of damaged) outlets.err(`${text}\n`)
  } else if (view.kind === 'show') await show(find(folder, view.run), options, outlets)
  else outlets.out(prune(folder, view.retention))
  return 0
}
