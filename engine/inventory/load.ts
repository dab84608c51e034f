import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CoxswainError } from '../errors.ts'
import { InventoryDraft } from './draft.ts'
import { readExecutable } from './sources/executable.ts'
import { readHostWord } from './sources/host-words.ts'
import { readIniInventory } from './sources/ini.ts'
import { danglingLink, isDangling, isFolder } from './paths.ts'
import { isLeftOut, isModuleName, isProgram, looksLikeIni, looksLikeYaml } from './sources/kinds.ts'
import { readModule } from './sources/module.ts'
import { emptyKeyring } from './secrets/keyring.ts'
import type { Keyring } from './secrets/keyring.ts'
import { readSource as readSourceFile } from './sources/source-text.ts'
import type { Inventory } from './types.ts'
import { ignoredSettings } from './variables/ignored.ts'
import { readVariablesFolders } from './variables/folders.ts'
import { readYamlInventory } from './sources/yaml-source.ts'

const readHostList = (draft: InventoryDraft, list: string): void => {
  for (const word of list.split(',').map((part) => part.trim())) {
    if (word === '') continue
    const { names, port } = readHostWord(word, { file: `-i ${list}` })
    for (const name of names) {
      draft.host(name, 'ungrouped', port)
    }
  }
}

/** The inventories of a folder, in name order. One without any is an error, and deeper down a warning. */
const readFolder = async (
  draft: InventoryDraft,
  folder: string,
  keys: Keyring,
  deeper = false,
): Promise<void> => {
  const all = (await readdir(folder)).toSorted()
  const names = all.filter((name) => !isLeftOut(name))
  if (names.length === 0) {
    const hint = `put one there${all.length === 0 ? '' : `; these are none: ${all.join(', ')}`}`
    if (!deeper)
      throw new CoxswainError('load-failed', `there is no inventory in the folder ${folder}`, { hint })
    draft.warn('there is no inventory in this folder', { file: folder }, hint)
  }
  for (const name of names) {
    const path = join(folder, name)
    if (await isDangling(path)) draft.warn(danglingLink, { file: path })
    else if (await isFolder(path)) await readFolder(draft, path, keys, true)
    else await readFile(draft, path, keys)
  }
}

const readFile = async (draft: InventoryDraft, path: string, keys: Keyring): Promise<void> => {
  if (await isProgram(path)) return readExecutable(draft, path)
  if (isModuleName(path)) return readModule(draft, path)
  const file = await readSourceFile(path)
  const text = await file.text(keys)
  if (file.locked) {
    keys.learn(readYamlInventory(draft, path, text, true))
    return
  }
  if (path.endsWith('.toml')) {
    throw new CoxswainError('load-failed', `${path} is TOML, which is not read`, { hint: 'write YAML' })
  }
  const named = /\.(ya?ml|json)$/.exec(path)?.[0]
  const yaml = named === undefined ? !path.endsWith('.ini') && looksLikeYaml(text) : !looksLikeIni(text)
  if (named !== undefined && !yaml)
    draft.warn(
      `${basename(path)} holds INI: it is read as that`,
      { file: path },
      `rename it: without ${named}, or with .ini at its end`,
    )
  ;(yaml ? readYamlInventory : readIniInventory)(draft, path, text)
}

/** Whether a source is no path, but names hosts itself. */
const isHostList = async (source: string): Promise<boolean> =>
  source.includes(',') && (await stat(source).catch(() => undefined)) === undefined

const readSource = async (draft: InventoryDraft, source: string, keys: Keyring): Promise<void> => {
  const found = await stat(source).catch(() => undefined)
  if (found === undefined) {
    throw new CoxswainError('load-failed', `there is no inventory ${source}`, {
      hint: 'give the path of a file or a folder, or hosts with a comma: -i web1,web2,',
    })
  }
  if (found.isDirectory()) return readFolder(draft, source, keys)
  return readFile(draft, source, keys)
}

/** What else is read with the inventories. */
export interface LoadOptions {
  /** The folder of the playbook, whose `group_vars/` and `host_vars/` count too. */
  readonly playbookFolder?: string | undefined
  /** Opens inventories that are encrypted as a whole, which are YAML. All else is left sealed. */
  readonly keys?: Keyring | undefined
}

/**
 * Reads inventories in the order given; what a later one says wins.
 *
 * @param sources files (YAML, INI, executables, modules), folders of them, or host names ended or parted by commas.
 * @throws `load-failed`, `inventory-invalid`, `secret-locked`, `secret-broken`.
 */
export const loadInventory = async (
  sources: readonly string[],
  { playbookFolder, keys = emptyKeyring() }: LoadOptions = {},
): Promise<Inventory> => {
  if (sources.length === 0) {
    const here = await stat('inventory.yaml').catch(() => undefined)
    throw new CoxswainError('usage', 'no inventory is given', {
      hint: `name one with -i inventory.yaml${here === undefined ? '' : ', which is here'}`,
    })
  }
  const draft = new InventoryDraft()
  const paths: string[] = []
  for (const source of sources) {
    if (await isHostList(source)) {
      readHostList(draft, source)
    } else {
      await readSource(draft, source, keys)
      paths.push(source)
    }
  }
  const inventory = draft.finish()
  const folders = await readVariablesFolders(inventory, paths, playbookFolder)
  const warnings = [inventory, ...folders].flatMap((one) => one.warnings)
  return { ...inventory, folders, warnings: [...warnings, ...ignoredSettings({ ...inventory, folders })] }
}
