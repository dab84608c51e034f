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
import type { Inventory, Variables } from './types.ts'
import { ignoredSettings } from './variables/ignored.ts'
import { connectionNameOfAnsible, ordinaryVariables } from './variables/ordinary-words.ts'
import { misspeltSettings } from './variables/misspelt.ts'
import { readVariablesFolders } from './variables/folders.ts'
import { readYamlInventory } from './sources/yaml-source.ts'
import { inventoryWithin } from './within.ts'

const readHostList = (draft: InventoryDraft, list: string): void => {
  for (const word of list.split(',').map((part) => part.trim())) {
    if (word === '') continue
    const { names, port } = readHostWord(word, { file: `-i ${list}` })
    for (const name of names) {
      draft.host(name, 'ungrouped', port)
    }
  }
}

/** Kinds of code that an inventory can be. */
export type CodeKind = 'module' | 'executable'

/** What reading a source depends on. */
interface Reading {
  readonly keys: Keyring
  readonly beforeCode: (kind: CodeKind) => void
}

/** Reads the inventories of a folder, in name order. A folder without any is an error; a subfolder, a warning. */
const readFolder = async (
  draft: InventoryDraft,
  folder: string,
  reading: Reading,
  deeper = false,
): Promise<void> => {
  const all = (await readdir(folder)).toSorted()
  const names = all.filter((name) => !isLeftOut(name))
  if (names.length === 0) {
    const hint = `add an inventory file${all.length === 0 ? '' : `; these files are not inventories: ${all.join(', ')}`}`
    if (!deeper)
      throw new CoxswainError('load-failed', `the folder ${folder} does not contain an inventory`, { hint })
    draft.warn('this folder does not contain an inventory', { file: folder }, hint)
  }
  for (const name of names) {
    const path = join(folder, name)
    if (await isDangling(path)) draft.warn(danglingLink, { file: path })
    else if (await isFolder(path)) await readFolder(draft, path, reading, true)
    else await readFile(draft, path, reading)
  }
}

const readFile = async (
  draft: InventoryDraft,
  path: string,
  { keys, beforeCode }: Reading,
): Promise<void> => {
  draft.reading(path)
  const isExecutable = await isProgram(path)
  if (isExecutable || isModuleName(path)) {
    beforeCode(isExecutable ? 'executable' : 'module')
    return isExecutable ? readExecutable(draft, path) : readModule(draft, path)
  }
  const file = await readSourceFile(path)
  const text = await file.text(keys)
  if (file.locked) {
    keys.learn(readYamlInventory(draft, path, text, true))
    return
  }
  if (path.endsWith('.toml')) {
    throw new CoxswainError('load-failed', `${path} is TOML, which is not supported`, { hint: 'write YAML' })
  }
  const named = /\.(ya?ml|json)$/.exec(path)?.[0]
  const yaml = named === undefined ? !path.endsWith('.ini') && looksLikeYaml(text) : !looksLikeIni(text)
  if (named !== undefined && !yaml)
    draft.warn(
      `${basename(path)} contains INI and is read as INI`,
      { file: path },
      `rename it: remove ${named}, or add .ini`,
    )
  ;(yaml ? readYamlInventory : readIniInventory)(draft, path, text)
}

/** Whether a source is a list of hosts, not a path. */
const isHostList = async (source: string): Promise<boolean> =>
  source.includes(',') && (await stat(source).catch(() => undefined)) === undefined

const readSource = async (draft: InventoryDraft, source: string, reading: Reading): Promise<void> => {
  const found = await stat(source).catch(() => undefined)
  if (found === undefined) {
    throw new CoxswainError('load-failed', `there is no inventory ${source}`, {
      hint: 'give the path of a file or a folder, or hosts with a comma: -i web1,web2,',
    })
  }
  if (found.isDirectory()) return readFolder(draft, source, reading)
  return readFile(draft, source, reading)
}

/** Options of {@link loadInventory}. */
export interface LoadOptions {
  /** The folder of the playbook, whose `group_vars/` and `host_vars/` are read too. */
  readonly playbookFolder?: string | undefined
  /** Connection variables that apply if no inventory sets them. */
  readonly defaults?: Variables | undefined
  /** The keys for encrypted inventory files, which are YAML. Other values stay sealed. */
  readonly keys?: Keyring | undefined
  /** A pattern: only its hosts are taken, as if the inventory had no others. */
  readonly within?: string | undefined
  /** Called before each module or executable, which are code of the project. */
  readonly beforeCode?: ((kind: CodeKind) => void) | undefined
}

/**
 * Reads inventories in the given order; later ones override earlier ones.
 *
 * @param sources files (YAML, INI, executables, modules), folders of them, or comma-separated host names.
 * @throws `load-failed`, `inventory-invalid`, `secret-locked`, `secret-broken`, and for `within` `pattern-invalid` or `no-hosts`.
 */
export const loadInventory = async (
  sources: readonly string[],
  { playbookFolder, defaults, keys = emptyKeyring(), within, beforeCode = () => {} }: LoadOptions = {},
): Promise<Inventory> => {
  if (sources.length === 0) {
    throw new CoxswainError('usage', 'no inventory is given', {
      hint: 'name one with -i FILE or in the settings of the project; without either, inventory.yaml and inventory/ are read if they exist',
    })
  }
  const draft = new InventoryDraft()
  const paths: string[] = []
  for (const source of sources) {
    if (await isHostList(source)) {
      draft.reading(undefined)
      readHostList(draft, source)
    } else {
      await readSource(draft, source, { keys, beforeCode })
      paths.push(source)
    }
  }
  const inventory = { ...draft.finish(), ...(defaults && { defaults }) }
  const folders = await readVariablesFolders(inventory, paths, playbookFolder)
  const read = { ...inventory, folders }
  const complete = { ...read, ansibleName: connectionNameOfAnsible(read) }
  const warnings = [
    ...[inventory, ...folders].flatMap((one) => one.warnings),
    ...ignoredSettings(complete),
    ...misspeltSettings(complete),
    ...ordinaryVariables(complete),
  ]
  const all = { ...complete, warnings }
  return within === undefined ? all : inventoryWithin(all, within)
}
