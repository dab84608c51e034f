import { isTaskFactory } from '../../dsl/task.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { LoadLibrary } from '../define-command.ts'
import { loadFile } from './load.ts'
import type { Loaded } from './load.ts'

/** The tasks that can be named on the command line, by name. */
export const libraryOf = (module: Readonly<Record<string, unknown>>): ReadonlyMap<string, TaskFactory> =>
  new Map(
    Object.values(module)
      .filter(isTaskFactory)
      .map((task) => [task.info.name, task]),
  )

const looksLikeFile = (target: string): boolean => /[/\\]|\.m?[jt]s(#|$)/.test(target)

/**
 * What a word on the command line means: a playbook or task file, or a task of the library.
 *
 * @param commands names of commands, for "did you mean".
 * @throws `load-failed`, with the nearest name.
 */
export const findTarget = async (
  target: string,
  loadLibrary: LoadLibrary,
  commands: readonly string[] = [],
): Promise<Loaded> => {
  if (looksLikeFile(target)) return loadFile(target)
  const library = libraryOf(await loadLibrary())
  const task = library.get(target)
  if (task !== undefined) return { kind: 'task', task }
  const guess = nearest(target, [...commands, ...library.keys()])
  throw new CoxswainError('load-failed', `there is no task or command named ${shownWord(target)}`, {
    hint: `${guess === undefined ? '' : `did you mean ${guess}? `}see \`run docs\` for all tasks; a file's path has a / or ends with .ts`,
  })
}
