import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isPlaybook } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { isTaskFactory } from '../../dsl/task.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { placesIn } from '../../inventory/place.ts'
import { importModule } from '../loader/import-module.ts'

/** A loaded file. */
export type Loaded =
  | { readonly kind: 'playbook'; readonly playbook: Playbook }
  | { readonly kind: 'task'; readonly task: TaskFactory }

/** The place of the default export in a file. */
const placeOfExport = async (path: string): Promise<Place> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  const at = text.search(/^\s*export\s+default\b/m)
  return at < 0 ? { file: path } : placesIn(path, text)(at + (/\S/.exec(text.slice(at))?.index ?? 0))
}

const pickTask = async (
  shown: string,
  module: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): Promise<TaskFactory> => {
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
      place: task === undefined ? await placeOfExport(shown) : undefined,
      hint:
        names === ''
          ? 'a playbook file ends with `export default playbook({ … })`'
          : `choose one with ${shown}#NAME: ${names}`,
    },
  )
}

/**
 * Loads a playbook or task file: `playbooks/ha-masters.ts`, `my-task.ts`, or `my-tasks.ts#name`.
 *
 * @throws `load-failed` with the place, if it cannot be loaded or exports neither a playbook nor a task.
 */
export const loadFile = async (reference: string): Promise<Loaded> => {
  const [path = '', name] = reference.split('#')
  const module = await importModule(resolve(path))
  if (name === undefined && isPlaybook(module['default']))
    return { kind: 'playbook', playbook: module['default'] }
  return { kind: 'task', task: await pickTask(path, module, name) }
}

/**
 * Loads a playbook file.
 *
 * @throws `load-failed` as {@link loadFile}; `usage` for a task file.
 */
export const loadPlaybook = async (file: string): Promise<Playbook> => {
  const loaded = await loadFile(file)
  if (loaded.kind === 'playbook') return loaded.playbook
  throw new CoxswainError('usage', `${file} is not a playbook`, { hint: 'give a playbook file' })
}
