import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadInventory } from '../../inventory/load.ts'
import { describeParams } from '../docs/params.ts'
import { libraryOf } from '../session/library.ts'
import type { LoadLibrary } from '../define-command.ts'
import type { World } from './complete.ts'

/** The inventory that is asked where the line names none yet: it most often lies there. */
const usual = ['inventory.yaml']

/** Reads what completion asks of this machine. What cannot be read has nothing to offer. */
export const worldOf = (
  loadLibrary: LoadLibrary,
  tagsOf: (playbook: string, inventories: readonly string[]) => Promise<readonly string[]>,
): World => ({
  tasks: async () => [...libraryOf(await loadLibrary()).keys()],
  params: async (task) => {
    const found = libraryOf(await loadLibrary()).get(task)
    return found === undefined ? [] : describeParams(found.info.params).map(({ name }) => name)
  },
  hosts: async (inventories) => {
    const { hosts, groups } = await loadInventory(inventories.length === 0 ? usual : inventories)
    return [...groups.keys(), ...hosts.keys()]
  },
  tags: tagsOf,
  files: async (start) => {
    const folder = start.endsWith('/') ? start : start.includes('/') ? `${dirname(start)}/` : ''
    const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true })
    return entries
      .filter(({ name }) => !name.startsWith('.') || start.slice(folder.length).startsWith('.'))
      .map((entry) => {
        const path = start.startsWith('./') ? `./${join(folder, entry.name)}` : join(folder, entry.name)
        return entry.isDirectory() ? `${path}/` : path
      })
      .toSorted()
  },
})
