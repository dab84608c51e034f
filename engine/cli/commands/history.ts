import { CoxswainError } from '../../errors.ts'
import { dispatch } from '../../report/reporter.ts'
import { eventsOf } from '../journal/events.ts'
import { isRunning, recordedRuns } from '../journal/files.ts'
import type { RecordedRun } from '../journal/files.ts'
import { stateFolder } from '../journal/folder.ts'
import { subjectOf } from '../journal/header.ts'
import { clock, historyTable, resultOf, shownPath } from '../journal/table.ts'
import type { HistoryView } from '../options-history.ts'
import type { Options, Request } from '../options.ts'
import { openReporters } from '../reporters.ts'

const list = (
  runs: readonly RecordedRun[],
  { playbook, last }: Extract<HistoryView, { kind: 'list' }>,
  { output }: Options,
): string => {
  const wanted = playbook === undefined ? undefined : subjectOf(playbook, { inventory: [] }).playbook
  const chosen = runs
    .filter(({ header }) => wanted === undefined || header.playbook === wanted)
    .slice(-Math.max(1, last))
  if (output === 'json')
    return chosen
      .map(({ header, trailer }) => `${JSON.stringify({ ...header, end: trailer ?? null })}\n`)
      .join('')
  if (chosen.length === 0) return 'no run is recorded\n'
  return historyTable(chosen, { from: process.cwd(), isRunning })
}

const show = async (runs: readonly RecordedRun[], number: number, options: Options): Promise<void> => {
  const run = runs.find(({ header }) => header.run === number)
  if (run === undefined) {
    throw new CoxswainError('usage', `there is no run ${number}`, {
      hint: 'see `run history` for the numbers; old runs are forgotten (COXSWAIN_STATE_KEEP)',
    })
  }
  const { header } = run
  // a drawing that moves has nothing to show of what is over
  const output = options.output === 'tree' ? 'plain' : (options.output ?? 'plain')
  const { reporter, notice } = openReporters({ ...options, output })
  const inventory = header.inventory.map((source) => shownPath(source, process.cwd())).join(' ')
  notice(
    `run ${header.run}, ${clock(header.time)}, by ${header.user}@${header.machine}, inventory ${inventory}: run ${header.argv.join(' ')}`,
  )
  for (const event of eventsOf(run.file)) dispatch(reporter, event)
  if (run.trailer === undefined) notice(`run ${header.run}: ${resultOf(run, isRunning(run))}`)
  await reporter.close()
}

/** `run history` and `run history show N`. Gives the exit status. */
export const history = async ({ view, options }: Extract<Request, { kind: 'history' }>): Promise<number> => {
  const runs = recordedRuns(stateFolder(process.env))
  if (view.kind === 'list') process.stdout.write(list(runs, view, options))
  else await show(runs, view.run, options)
  return 0
}
