import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isPlaybook } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { isUnit } from '../../dsl/role.ts'
import type { Unit } from '../../dsl/role.ts'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { placesIn } from '../../inventory/place.ts'
import { importModule } from '../loader/import-module.ts'

/** A loaded file. */
export type Loaded =
  | { readonly kind: 'playbook'; readonly playbook: Playbook }
  | { readonly kind: 'unit'; readonly unit: Unit }

/** The place of the default export in a file. */
const placeOfExport = async (path: string): Promise<Place> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  const at = text.search(/^\s*export\s+default\b/m)
  return at < 0 ? { file: path } : placesIn(path, text)(at + (/\S/.exec(text.slice(at))?.index ?? 0))
}

/** The task or role of a module. */
const pickUnit = async (
  shown: string,
  module: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): Promise<Unit> => {
  const units = Object.values(module).filter(isUnit)
  const named = wanted === undefined ? units : units.filter(({ info }) => info.name === wanted)
  const [unit, another] = named
  if (unit !== undefined && another === undefined) return unit
  const names = units.map(({ info }) => info.name).join(', ')
  throw new CoxswainError(
    'load-failed',
    unit === undefined
      ? `${shown} exports ${wanted === undefined ? 'neither a playbook (as default) nor a task or role' : `no task or role named ${wanted}`}`
      : `${shown} exports several tasks or roles: ${names}`,
    {
      place: unit === undefined ? await placeOfExport(shown) : undefined,
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
  return { kind: 'unit', unit: await pickUnit(path, module, name) }
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
