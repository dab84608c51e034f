import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isPlaybook } from '../dsl/playbook.ts'
import type { Playbook } from '../dsl/playbook.ts'
import { isTaskFactory } from '../dsl/task.ts'
import type { TaskFactory } from '../dsl/task.ts'
import { authorsPlace } from '../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../errors.ts'

/** What a file offers to run. */
export type Loaded =
  | { readonly kind: 'playbook'; readonly playbook: Playbook }
  | { readonly kind: 'task'; readonly task: TaskFactory }

const importFile = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const shown = relative(process.cwd(), file)
  if (!existsSync(file)) {
    throw new CoxswainError('load-failed', `there is no file ${shown}`, {
      hint: 'give the path of a playbook or task file, or the name of a task (see `run --list-tasks`)',
    })
  }
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    if (isCoxswainError(error)) throw error.at({ place: authorsPlace(error) })
    const message = error instanceof Error ? error.message : String(error)
    throw new CoxswainError('load-failed', `${shown} cannot be loaded: ${message}`, {
      cause: error,
      place: authorsPlace(error) ?? { file: shown },
      hint: 'correct it at the place shown',
    })
  }
}

const pickTask = (
  shown: string,
  module: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): TaskFactory => {
  const tasks = Object.values(module).filter(isTaskFactory)
  const named = wanted === undefined ? tasks : tasks.filter(({ info }) => info.name === wanted)
  const [task, another] = named
  if (task !== undefined && another === undefined) return task
  const names = tasks.map(({ info }) => info.name).join(', ')
  throw new CoxswainError(
    'load-failed',
    task === undefined
      ? `${shown} exports ${wanted === undefined ? 'neither a playbook (as default) nor a task' : `no task named ${wanted}`}`
      : `${shown} exports several tasks: ${names}`,
    {
      hint:
        names === ''
          ? 'a playbook file ends with `export default playbook({ … })`'
          : `say which one: ${shown}#NAME, one of ${names}`,
    },
  )
}

/**
 * Loads a playbook or task file: `playbooks/ha-masters.ts`, `my-task.ts`, or `my-tasks.ts#name`.
 *
 * @throws `load-failed` with the place, when it cannot be loaded or offers nothing to run.
 */
export const loadFile = async (reference: string): Promise<Loaded> => {
  const [path = '', name] = reference.split('#')
  const module = await importFile(resolve(path))
  if (name === undefined && isPlaybook(module['default']))
    return { kind: 'playbook', playbook: module['default'] }
  return { kind: 'task', task: pickTask(path, module, name) }
}

/**
 * Loads a playbook's file.
 *
 * @throws `load-failed` as {@link loadFile}; `usage` when it is the file of a task.
 */
export const loadPlaybook = async (file: string): Promise<Playbook> => {
  const loaded = await loadFile(file)
  if (loaded.kind === 'playbook') return loaded.playbook
  throw new CoxswainError('usage', `${file} is no playbook`, { hint: 'name the file of a playbook' })
}
