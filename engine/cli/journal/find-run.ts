/** A recorded run as a person names it: by its number, as the last one, counted from the last one, or by its playbook. */
import { isDecimal } from '../../dsl/decimal.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { readRun } from './files.ts'
import type { RecordedRun } from './files.ts'
import { isSame, subjectOf } from './header.ts'
import { listState } from './names.ts'
import type { RunName } from './names.ts'

/** The newest runs, the oldest of them first, and why others cannot be read. */
export interface NewestRuns {
  readonly runs: readonly RecordedRun[]
  readonly damaged: readonly string[]
}

/** The newest runs that are wanted; files that are not needed stay closed. */
const newestWhere = (
  folder: string,
  isWanted: (run: RecordedRun) => boolean,
  last: number,
  names: readonly RunName[] = listState(folder).runs,
): NewestRuns => {
  const runs: RecordedRun[] = []
  const damaged: string[] = []
  for (const name of names.toReversed()) {
    if (runs.length >= last) break
    const run = readRun(folder, name)
    if (typeof run === 'string') damaged.push(`run ${name.run} cannot be read: ${run}`)
    if (typeof run === 'object' && isWanted(run)) runs.unshift(run)
  }
  return { runs, damaged }
}

/** The newest runs, of a playbook file or task where one is named. */
export const newestRuns = (folder: string, playbook: string | undefined, last: number): NewestRuns => {
  const wanted = playbook === undefined ? undefined : subjectOf(playbook, { inventory: [] }).playbook
  return newestWhere(folder, ({ header }) => wanted === undefined || header.playbook === wanted, last)
}

/** The run before another one, of the same playbook and inventory. */
export const runBefore = (folder: string, { header }: RecordedRun): RecordedRun | undefined =>
  newestWhere(
    folder,
    (run) => isSame(run.header, header),
    1,
    listState(folder).runs.filter(({ run }) => run < header.run),
  ).runs[0]

const numbered = (folder: string, number: number): RecordedRun => {
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

/** How far back from the last run: 1 for `last` and -1, 2 for -2. */
const countBack = (typed: string): number | undefined => {
  if (typed === 'last') return 1
  return /^-[1-9]\d{0,8}$/.test(typed) ? -Number(typed) : undefined
}

/**
 * Finds a recorded run.
 *
 * @param typed its number; `last` or -1; -2 for the one before; or a playbook file or task, for its newest run.
 * @throws `usage` where there is none.
 */
export const findRun = (folder: string, typed: string): RecordedRun => {
  const back = countBack(typed)
  if (back !== undefined) {
    const { runs } = newestRuns(folder, undefined, back)
    const [run] = runs
    if (run !== undefined && runs.length === back) return run
    throw new CoxswainError('usage', runs.length === 0 ? 'no run is recorded' : `there is no run ${typed}`, {
      hint: 'see `run history` for the runs that there are',
    })
  }
  if (isDecimal(typed) && Number.isInteger(Number(typed))) return numbered(folder, Number(typed))
  const newest = newestRuns(folder, typed, 1).runs[0]
  if (newest !== undefined) return newest
  throw new CoxswainError('usage', `no recorded run is named ${shownWord(typed)}`, {
    hint: 'give a number of `run history`, last, -1 for the last run, or a playbook that was run',
  })
}
