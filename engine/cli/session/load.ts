import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { isPlaybook } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { isTaskFactory } from '../../dsl/task.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { authorsPlace } from '../../authors-place.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { nearest } from '../../inventory/nearest.ts'
import { placesIn } from '../../inventory/place.ts'
import { syntaxErrorIn } from '../loader/syntax.ts'

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
  const url = pathToFileURL(file).href
  try {
    return await import(url)
  } catch (error) {
    throw await loadError(shown, url, error)
  }
}

/** The name that an import asks for in vain, with the nearest that the module has. */
const missingExport = async (message: string, importer: string): Promise<string | undefined> => {
  const [, specifier, name] =
    /requested module '(.+)' does not provide an export named '(.+)'/.exec(message) ?? []
  if (specifier === undefined || name === undefined) return undefined
  const target = specifier.startsWith('.') ? new URL(specifier, importer).href : specifier
  const names = await import(target).then(
    (module: object) => Object.keys(module),
    () => [],
  )
  const guess = nearest(name, names)
  return guess === undefined ? `check what ${specifier} exports` : `did you mean ${guess}?`
}

/** What went wrong when a file was loaded: its author is told where. */
const loadError = async (shown: string, url: string, caught: unknown): Promise<CoxswainError> => {
  if (isCoxswainError(caught)) return caught.at({ place: authorsPlace(caught) })
  // of a module in plain JavaScript Node says what is wrong, not where
  const unplaced = caught instanceof SyntaxError && authorsPlace(caught) === undefined
  const error = (unplaced ? await syntaxErrorIn(url) : undefined) ?? caught
  const message = error instanceof Error ? error.message : `threw ${inspect(error)}`
  const place = authorsPlace(error) ?? { file: shown }
  const guess = await missingExport(message, pathToFileURL(place.file).href)
  return new CoxswainError('load-failed', `${shown} cannot be loaded: ${message}`, {
    cause: error,
    place,
    hint: `${guess ?? 'fix the code at the place shown'}; it is loaded by ${shown}`,
  })
}

/** Where a file says what it exports by default. */
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
  return { kind: 'task', task: await pickTask(path, module, name) }
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
