/** Finds a recorded run by its number, as the last one, counted back from the last one, or by its playbook. */
import { isDecimal } from '../../dsl/decimal.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { readRun } from './files.ts'
import type { RecordedRun } from './files.ts'
import { isSame, subjectOf } from './header.ts'
import { listState } from './names.ts'
import type { RunName } from './names.ts'

/** The newest runs, oldest first, and messages about runs that cannot be read. */
export interface NewestRuns {
  readonly runs: readonly RecordedRun[]
  readonly damaged: readonly string[]
}

/** The newest runs that match; it reads only as many files as needed. */
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

/** The newest runs, optionally only of a playbook file or task. */
export const newestRuns = (folder: string, playbook: string | undefined, last: number): NewestRuns => {
  const wanted =
    playbook === undefined ? undefined : subjectOf(playbook, { inventory: [], within: undefined }).playbook
  return newestWhere(folder, ({ header }) => wanted === undefined || header.playbook === wanted, last)
}

/** The previous run of the same playbook and inventory. */
export const runBefore = (folder: string, { header }: RecordedRun): RecordedRun | undefined =>
  newestWhere(
    folder,
    (run) => isSame(run.header, header),
    1,
    listState(folder).runs.filter(({ run }) => run < header.run),
  ).runs[0]

const findByNumber = (folder: string, number: number): RecordedRun => {
  const name = listState(folder).runs.find(({ run }) => run === number)
  const run = name === undefined ? undefined : readRun(folder, name)
  if (typeof run === 'object') return run
  if (run !== undefined)
    throw new CoxswainError('usage', `run ${number} cannot be read: ${run}`, {
      hint: `its journal is damaged; \`run history prune\` will remove it when it is old (${folder}/${name?.name ?? ''})`,
    })
  throw new CoxswainError('usage', `run ${number} is not recorded`, {
    hint: '`run history` lists the recorded runs; old runs are removed (see `run history prune --help`)',
  })
}

/** How far back from the last run: 1 for `last` and -1, 2 for -2. */
const countBack = (typed: string): number | undefined => {
  if (typed === 'last') return 1
  return /^-[1-9]\d{0,8}$/.test(typed) ? -Number(typed) : undefined
}

const isNumber = (typed: string): boolean => isDecimal(typed) && Number.isInteger(Number(typed))

/** Whether a word names a run by its number, or counted back from the last one. */
export const isRunWord = (typed: string): boolean => countBack(typed) !== undefined || isNumber(typed)

/**
 * Finds a recorded run.
 *
 * @param typed its number; `last` or -1; -2 for the one before; or a playbook file or task, for its newest run.
 * @throws `usage` if there is no such run.
 */
export const findRun = (folder: string, typed: string): RecordedRun => {
  const back = countBack(typed)
  if (back !== undefined) {
    const { runs } = newestRuns(folder, undefined, back)
    const [run] = runs
    if (run !== undefined && runs.length === back) return run
    throw new CoxswainError(
      'usage',
      runs.length === 0 ? 'no runs are recorded' : `run ${typed} is not recorded`,
      {
        hint: '`run history` lists the recorded runs',
      },
    )
  }
  if (isNumber(typed)) return findByNumber(folder, Number(typed))
  const newest = newestRuns(folder, typed, 1).runs[0]
  if (newest !== undefined) return newest
  throw new CoxswainError('usage', `no recorded run matches ${shownWord(typed)}`, {
    hint: 'give a number from `run history`, last, -1 for the last run, or a playbook that was run',
  })
}
