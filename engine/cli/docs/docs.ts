import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import { documentedTasks, taskList, taskPage } from './task-docs.ts'
import type { CommandContext } from '../define-command.ts'

/**
 * `run docs [TASK]`: the library, or all about one task. Gives the exit status.
 *
 * @throws `load-failed`, with the nearest name.
 */
export const docs = async (
  { arguments: { task: name } }: { readonly arguments: { readonly task: string | undefined } },
  { loadLibrary, outlets: { out } }: CommandContext,
): Promise<number> => {
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
