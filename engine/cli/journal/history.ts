import { existsSync } from 'node:fs'
import { exitCodes } from '../../exit-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { dispatch } from '../../report/reporter.ts'
import { plural } from '../../report/text.ts'
import { shownWord } from '../../secret.ts'
import { bytesText } from '../../report/transfer-text.ts'
import { eventsOf } from './events.ts'
import type { Damage } from './events.ts'
import { isRunning } from './files.ts'
import type { RecordedRun } from './files.ts'
import { retentionOf, stateFolder } from './folder.ts'
import type { Retention } from './folder.ts'
import { compareRuns } from './compare-runs.ts'
import { differenceLines } from './difference-text.ts'
import { findRun, isRunWord, newestRuns, runBefore } from './find-run.ts'
import { listState } from './names.ts'
import { pruneAll, pruneForeign } from './prune.ts'
import { clock, historyTable, resultOf, shownInventory } from './table.ts'
import type { OutputKind } from '../../report/outputs.ts'
import type { CommandContext } from '../define-command.ts'
import { projectFile } from '../project/names.ts'
import { openReporters } from '../session/reporters.ts'

/** A run as it is typed; the name of a playbook of the project becomes its file. */
const withFile = async (typed: string, project: CommandContext['project']): Promise<string> =>
  isRunWord(typed) || existsSync(typed) ? typed : (projectFile(await project(), typed) ?? typed)

const list = (
  runs: readonly RecordedRun[],
  output: 'json' | undefined,
  playbook: string | undefined,
): string => {
  if (output === 'json')
    return runs
      .map(({ header, trailer }) => `${JSON.stringify({ ...header, end: trailer ?? null })}\n`)
      .join('')
  if (runs.length === 0)
    return `no runs${playbook === undefined ? '' : ` of ${shownWord(playbook)}`} are recorded\n`
  return historyTable(runs, { from: process.cwd(), isRunning })
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

/** `run history show N`. Returns the exit status. */
export const showRun = async (
  { arguments: { run: typed }, options }: ShowInput,
  { outlets, program, project }: CommandContext,
): Promise<number> => {
  const run = findRun(stateFolder(process.env), await withFile(typed, project))
  const { header } = run
  const { reporter, notice } = await openReporters(
    { ...options, output: [{ kind: options.output ?? 'plain' }] },
    outlets,
  )
  notice(
    `run ${header.run}, ${clock(header.time)}, by ${header.user}@${header.machine}, inventory ${shownInventory(header, process.cwd())}: ${program.name} ${header.argv.join(' ')}`,
  )
  const damage: Damage = { lines: 0 }
  for (const event of eventsOf(run.file, damage)) dispatch(reporter, event)
  if (run.trailer === undefined) notice(`run ${header.run}: ${resultOf(run, isRunning(run))}`)
  if (damage.lines > 0)
    notice(`run ${header.run}: its journal is damaged: ${plural(damage.lines, 'line')} cannot be read`)
  await reporter.close()
  return exitCodes.ok
}

interface DiffInput {
  readonly arguments: { readonly before: string | undefined; readonly after: string | undefined }
  readonly options: { readonly output: 'json' | undefined }
}

const headLine = (run: RecordedRun, program: string): string => {
  const { header } = run
  return `run ${header.run}  ${clock(header.time)}  ${resultOf(run, isRunning(run))}  ${program} ${header.argv.join(' ')}`
}

/** `run history diff [BEFORE] [AFTER]`. Returns the exit status, which is 0 with differences too. */
export const diffRuns = async (
  { arguments: { before, after }, options: { output } }: DiffInput,
  { outlets: { out, err }, program, project }: CommandContext,
): Promise<number> => {
  const folder = stateFolder(process.env)
  const second = findRun(folder, await withFile(after ?? 'last', project))
  const first =
    before === undefined ? runBefore(folder, second) : findRun(folder, await withFile(before, project))
  if (first === undefined)
    throw new CoxswainError(
      'usage',
      `run ${second.header.run} is the first recorded run of its playbook and inventory`,
      {
        hint: 'name both runs: `run history diff BEFORE AFTER`',
      },
    )
  const damage: Damage = { lines: 0 }
  const differences = compareRuns(eventsOf(first.file, damage), eventsOf(second.file, damage))
  const lines =
    output === 'json'
      ? differences.map((one) => JSON.stringify(one))
      : [
          headLine(first, program.name),
          headLine(second, program.name),
          '',
          ...differenceLines(differences, first.header.run, second.header.run),
        ]
  out(lines.map((line) => `${line}\n`).join(''), output ?? 'text')
  if (damage.lines > 0)
    err(
      `a journal is damaged: ${plural(damage.lines, 'line')} cannot be read and ${damage.lines === 1 ? 'is' : 'are'} not compared\n`,
    )
  return exitCodes.ok
}

interface PruneInput {
  readonly options: { readonly [Limit in keyof Retention]: number | undefined }
}

/** `run history prune`: with the limits of the command line, else of the environment. Returns the exit status. */
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

/** `run history`. Returns the exit status. */
export const listRuns = async (
  { arguments: { playbook }, options: { last, output } }: ListInput,
  { outlets: { out, err }, project }: CommandContext,
): Promise<number> => {
  const file = playbook === undefined ? undefined : await withFile(playbook, project)
  const { runs, damaged } = newestRuns(stateFolder(process.env), file, last)
  out(list(runs, output, playbook), output ?? 'text')
  for (const text of damaged) err(`${text}\n`)
  return exitCodes.ok
}
