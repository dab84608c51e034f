import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { LoadLibrary } from '../library.ts'
import type { Request } from '../options.ts'
import { documentedTasks, taskList, taskPage } from '../task-docs.ts'
import type { Redactor } from '../../run/masking/redactor.ts'
import { outletsOf } from '../outlets.ts'

/**
 * `run docs [NAME]`: the library, or all about one task. Gives the exit status.
 *
 * @throws `load-failed`, with the nearest name.
 */
export const docs = async (
  { name }: Extract<Request, { kind: 'docs' }>,
  loadLibrary: LoadLibrary,
  redactor: Redactor,
): Promise<number> => {
  const { out } = outletsOf(redactor)
  const tasks = documentedTasks(await loadLibrary())
  if (name === undefined) {
    out(taskList(tasks))
    return 0
  }
  const task = tasks.find(({ info }) => info.name === name)
  if (task === undefined) {
    const guess = nearest(
      name,
      tasks.map(({ info }) => info.name),
    )
    throw new CoxswainError('load-failed', `there is no task named ${shownWord(name)}`, {
      hint: `${guess === undefined ? '' : `did you mean ${guess}? `}see \`run docs\` for all`,
    })
  }
  out(taskPage(task))
  return 0
}
