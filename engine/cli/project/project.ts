/** The settings of the project that the working folder is in. */
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { placesIn } from '../../inventory/place.ts'
import type { Variable, Variables } from '../../inventory/types.ts'
import type { SettingName } from '../define-option.ts'
import type { CheckedConfig } from './config-schema.ts'
import { configName, findConfig } from './find-config.ts'
import type { FoundConfig } from './find-config.ts'
import { typed } from './found-file.ts'
import type { PlacedHook } from './hooks.ts'

/** Settings, ready to be used: paths are relative to the working folder, or absolute. */
export interface Project {
  /** The file that holds them; undefined where there is none. */
  readonly file: string | undefined
  /** The folder of that file, or the working folder. */
  readonly folder: string
  /** The texts of options in the settings, as on the command line. */
  readonly texts: ReadonlyMap<SettingName, readonly string[]>
  /** The inventory in the folder, if neither settings nor command line give one. It is judged before it is read. */
  readonly defaultInventory: string | undefined
  /** The folder of playbooks; it need not exist. */
  readonly playbooks: string
  readonly tasks: readonly string[]
  /** What connections are like where the inventory does not say it. */
  readonly connection: Variables
  readonly hooks: ReadonlyMap<string, PlacedHook>
  /** Names of the settings that the file has. */
  readonly given: ReadonlySet<string>
}

/** What loading settings depends on. */
export interface LoadProject {
  /** Absolute. */
  readonly folder: string
  /** Loads a module, with errors for people. */
  readonly importModule: (file: string) => Promise<Readonly<Record<string, unknown>>>
}

/** Inventories that are taken where no one names any, the first that exists. */
const defaultInventories = ['inventory.yaml', 'inventory'] as const

const defaultInventory = (folder: string): string | undefined => {
  // a dangling link counts: it is an error, not absent
  const name = defaultInventories.find(
    (one) => lstatSync(join(folder, one), { throwIfNoEntry: false }) !== undefined,
  )
  return name === undefined ? undefined : typed(join(folder, name))
}

/** Finds the place of a key in a file, from its text. */
const placesOfKeys = (file: string): ((key: string) => Place) => {
  const shown = typed(file)
  return (key) => {
    const text = readFileSync(file, 'utf8')
    const quoted = key.replaceAll(/[^\w-]/g, '\\$&')
    const at = key === '' ? -1 : text.search(new RegExp(`(?<=^|[\\s{,])["']?${quoted}["']?\\s*:`, 'm'))
    return at < 0 ? { file: shown } : placesIn(shown, text)(at)
  }
}

const valueOf = async (found: FoundConfig, { importModule }: LoadProject): Promise<unknown> => {
  if (found.kind === 'package') return found.value
  const { default: config } = await importModule(found.file)
  if (config !== undefined) return config
  throw new CoxswainError('config-invalid', `${typed(found.file)} exports no settings`, {
    place: { file: typed(found.file) },
    hint: 'end it with `export default defineConfig({ … })`',
  })
}

/** Texts as they would be typed, with their paths. */
const textsOf = (config: CheckedConfig, folder: string): Map<SettingName, readonly string[]> => {
  const path = (one: string): string => typed(resolve(folder, one))
  // `h1,h2,` names hosts
  const inventory = (one: string): string =>
    one.includes(',') && !existsSync(resolve(folder, one)) ? one : path(one)
  const output = (one: string): string => {
    const [, kind, file] = /^([^=]*)=(.+)$/s.exec(one) ?? []
    return kind === undefined || file === undefined ? one : `${kind}=${path(file)}`
  }
  const vaultId = (one: string): string => {
    const cut = one.indexOf('@') + 1
    const source = one.slice(cut)
    return source.startsWith('prompt') ? one : one.slice(0, cut) + path(source)
  }
  const texts: readonly (readonly [SettingName, readonly string[] | undefined])[] = [
    ['inventories', config.inventories?.map(inventory)],
    ['forks', config.forks === undefined ? undefined : [String(config.forks)]],
    ['hostKeyChecking', config.hostKeyChecking === undefined ? undefined : [config.hostKeyChecking]],
    ['outputs', config.outputs?.map(output)],
    ['ageKeyFiles', config.ageKeyFiles?.map(path)],
    ['vaultPasswordFiles', config.vaultPasswordFiles?.map(path)],
    ['vaultIds', config.vaultIds?.map(vaultId)],
    ['recipients', config.recipients?.map((one) => (one.startsWith('age1') ? one : path(one)))],
  ]
  return new Map(texts.flatMap(([name, given]) => (given === undefined ? [] : [[name, given]])))
}

const connectionOf = (config: CheckedConfig, folder: string, placeOf: (key: string) => Place): Variables => {
  const variables = new Map<string, Variable>()
  for (const [name, value] of Object.entries(config.connection ?? {}))
    if (value !== undefined) variables.set(name, { value, place: placeOf(name), base: folder })
  return variables
}

const hooksOf = ({ hooks = {} }: CheckedConfig, placeOf: (key: string) => Place): Map<string, PlacedHook> => {
  const found = new Map<string, PlacedHook>()
  for (const [type, call] of Object.entries(hooks))
    if (call !== undefined) found.set(type, { call, place: placeOf(type) })
  return found
}

/**
 * Finds and loads the settings of a project. Without a file of settings there is little to do.
 *
 * @throws `config-invalid`, `config-unsafe`, `load-failed`.
 */
export const loadProject = async (loading: LoadProject): Promise<Project> => {
  const found = findConfig(loading.folder)
  if (found === undefined)
    return {
      file: undefined,
      folder: loading.folder,
      texts: new Map(),
      defaultInventory: defaultInventory(loading.folder),
      playbooks: typed(join(loading.folder, 'playbooks')),
      tasks: [],
      connection: new Map(),
      hooks: new Map(),
      given: new Set(),
    }
  const { file } = found
  const folder = dirname(file)
  const shown = typed(file)
  const { checkConfig } = await import('./config-schema.ts')
  const placeOf = placesOfKeys(file)
  const config = checkConfig(
    await valueOf(found, loading),
    basename(file) === configName ? shown : `${shown}, "coxswain"`,
    placeOf,
  )
  return {
    file: shown,
    folder,
    texts: textsOf(config, folder),
    defaultInventory: config.inventories === undefined ? defaultInventory(folder) : undefined,
    playbooks: typed(resolve(folder, config.playbooks ?? 'playbooks')),
    tasks: (config.tasks ?? []).map((one) => typed(resolve(folder, one))),
    connection: connectionOf(config, folder, placeOf),
    hooks: hooksOf(config, placeOf),
    given: new Set(Object.keys(config)),
  }
}
