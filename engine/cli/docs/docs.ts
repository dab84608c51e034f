import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import { findTasks } from './find-tasks.ts'
import { documentedTasks, taskList, taskPage } from './task-docs.ts'
import type { CommandContext } from '../define-command.ts'

/**
 * `run docs [TASK | WORDS]`: the library, all about one task, or the tasks that words are about. Gives the exit status.
 *
 * @throws `load-failed`, with the nearest name.
 */
export const docs = async (
  { arguments: { words } }: { readonly arguments: { readonly words: readonly string[] } },
  { loadLibrary, outlets: { out } }: CommandContext,
): Promise<number> => {
  const tasks = documentedTasks(await loadLibrary())
  const name = words.join(' ').trim()
  if (name === '') {
    out(taskList(tasks))
    return 0
  }
  const task = tasks.find(({ info }) => info.name === name)
  if (task === undefined) {
    const found = findTasks(tasks, name.split(/\s+/))
    if (found.length > 0) {
      out(taskList(found))
      return 0
    }
    const guess = nearest(
      name,
      tasks.map(({ info }) => info.name),
    )
    throw new CoxswainError('load-failed', `no task matches ${words.map(shownWord).join(' ')}`, {
      hint: `${guess === undefined ? '' : `did you mean ${guess}? `}see \`run docs\` for all`,
    })
  }
  out(taskPage(task))
  return 0
}
