/** Reads `group_vars/` and `host_vars/` next to inventories and playbooks, as Ansible does. */
import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setVariable } from '../draft.ts'
import type { Place } from '../../errors.ts'
import { invalid } from '../invalid.ts'
import { danglingLink, isDangling, isFolder } from '../paths.ts'
import { priorityName } from '../priority.ts'
import type { Inventory, Variable, Variables, VariablesFolder } from '../types.ts'
import { warning } from '../warning.ts'
import type { Warning } from '../warning.ts'
import { readVariables } from './file.ts'

/** Extensions of variables files in Ansible's order, and the same with `.age` for encrypted files. */
const endings = ['', '.yml', '.yaml', '.json', '.age', '.yml.age', '.yaml.age', '.json.age']

/** Takes a warning. */
type Warn = (message: string, place: Place, hint?: string) => void

/** The entries of a folder, in name order, without dangling links. */
const namesIn = async (folder: string, warn: Warn): Promise<readonly string[]> => {
  if (!(await isFolder(folder))) return []
  const names: string[] = []
  for (const name of (await readdir(folder)).toSorted()) {
    if (await isDangling(join(folder, name))) warn(danglingLink, { file: join(folder, name) })
    else names.push(name)
  }
  return names
}

/** The variables files in a folder of a host or group, recursively, in name order. */
const filesBelow = async (folder: string, warn: Warn): Promise<string[]> => {
  const files: string[] = []
  for (const name of await namesIn(folder, warn)) {
    if (name.startsWith('.') || name.endsWith('~')) continue
    const path = join(folder, name)
    const plain = !name.replace(/\.age$/, '').includes('.')
    if (await isFolder(path)) files.push(...(plain ? await filesBelow(path, warn) : []))
    else if (plain || /\.(ya?ml|json)(\.age)?$/.test(name)) files.push(path)
  }
  return files
}

/** The files for a name: one file with one of the extensions, or those of a folder. The first one wins. */
const filesFor = async (
  folder: string,
  there: ReadonlySet<string>,
  name: string,
  warn: Warn,
): Promise<string[]> => {
  const found = endings.map((ending) => `${name}${ending}`).filter((file) => there.has(file))
  const [first, ...others] = found
  if (first === undefined) return []
  // Ansible does not read age files, so there is no order to follow
  const sealed = found.find((file) => file.endsWith('.age'))
  if (others.length > 0 && sealed !== undefined) {
    throw invalid(
      `${join(folder, first)} and ${others.join(', ')} are for the same ${name}`,
      { file: join(folder, sealed) },
      'put both into a folder with this name',
    )
  }
  for (const other of others)
    warn(
      `${other} is not read: ${first} is for the same ${name} and comes first`,
      { file: join(folder, other) },
      'as in Ansible; put all variables into one of them, or the files into a folder with this name',
    )
  const path = join(folder, first)
  return (await isFolder(path)) ? filesBelow(path, warn) : [path]
}

/** Variables by the name of the host or group, and paths that do not match any. */
const readAll = async (
  base: string,
  kind: 'group_vars' | 'host_vars',
  names: readonly string[],
  warn: Warn,
): Promise<{ readonly found: ReadonlyMap<string, Variables>; readonly unread: readonly string[] }> => {
  const folder = join(base, kind)
  if (!(await isFolder(folder)) && (await stat(folder).catch(() => undefined)) !== undefined)
    warn(
      `${kind} is not a folder: it is skipped`,
      { file: folder },
      'put variables into files in it that are named after a group or host',
    )
  const there = new Set(await namesIn(folder, warn))
  const found = new Map<string, Variables>()
  const read = new Set(names.flatMap((name) => endings.map((ending) => `${name}${ending}`)))
  const unread = [...there].filter((name) => !read.has(name) && !/^\.|~$/.test(name))
  for (const name of there.size === 0 ? [] : names) {
    const variables = new Map<string, Variable>()
    for (const file of await filesFor(folder, there, name, warn)) {
      for (const [key, variable] of await readVariables(file)) {
        if (kind === 'group_vars' && key === priorityName)
          warn(
            `${priorityName} has no effect here`,
            variable.place,
            'as in Ansible: set it in the vars of the group in the inventory itself',
          )
        // relative paths start at the folder of the inventory, not of this file
        setVariable(variables, key, { ...variable, base })
      }
    }
    if (variables.size > 0) found.set(name, variables)
  }
  return { found, unread: unread.map((name) => join(folder, name)) }
}

/**
 * Reads `group_vars/` and `host_vars/` next to each inventory and next to the playbook.
 *
 * @param sources paths of inventories, in the given order.
 * @throws `load-failed`, `inventory-invalid`.
 */
export const readVariablesFolders = async (
  { groups, hosts }: Inventory,
  sources: readonly string[],
  playbookFolder: string | undefined,
): Promise<VariablesFolder[]> => {
  const read = async (base: string, beside: VariablesFolder['beside']): Promise<VariablesFolder> => {
    const warnings: Warning[] = []
    const warn: Warn = (message, place, hint) => warnings.push(warning(message, place, hint))
    const ofGroups = await readAll(base, 'group_vars', [...groups.keys()], warn)
    const ofHosts = await readAll(base, 'host_vars', [...hosts.keys()], warn)
    const unread = [...ofGroups.unread, ...ofHosts.unread]
    return { beside, groups: ofGroups.found, hosts: ofHosts.found, unread, warnings }
  }
  const seen = new Set(playbookFolder === undefined ? [] : [resolve(playbookFolder)])
  const bases: string[] = []
  // a folder of several inventories has the precedence of the last one; the folder of the playbook comes last
  for (const source of sources.toReversed()) {
    const base = (await isFolder(source)) ? source : dirname(source)
    if (!seen.has(resolve(base))) bases.unshift(base)
    seen.add(resolve(base))
  }
  const folders: VariablesFolder[] = []
  for (const base of bases) folders.push(await read(base, 'inventory'))
  if (playbookFolder !== undefined) folders.push(await read(playbookFolder, 'playbook'))
  return folders
}
