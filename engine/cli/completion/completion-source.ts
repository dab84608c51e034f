import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CodeKind } from '../../inventory/load.ts'
import { refuseUntrustedInventory } from '../project/found-file.ts'
import { projectFile, projectNames } from '../project/names.ts'
import type { Project } from '../project/project.ts'
import { looksLikeFile } from '../session/looks-like-file.ts'
import type { LoadLibrary, ParamNames } from '../define-command.ts'
import type { CompletionSource } from './complete.ts'
import type { InventoryNames } from './inventory-names.ts'

/** The inventories of a project, which count where the line names none. */
const inventoriesOf = ({ texts, defaultInventory }: Project): readonly string[] => {
  const named = texts.get('inventories')
  if (named !== undefined || defaultInventory === undefined) return named ?? []
  refuseUntrustedInventory(defaultInventory)
  return [defaultInventory]
}

/** What reading depends on. */
export interface Reading {
  readonly loadLibrary: LoadLibrary
  /** The names of the library's parameters, where they are known without loading it. */
  readonly paramNames: (() => ParamNames) | undefined
  /** Called before code of the project is loaded. */
  readonly beforeCode: (kind: CodeKind) => void
  readonly openProject: () => Promise<Project>
  readonly tagsOf: (playbook: string, inventories: readonly string[]) => Promise<readonly string[]>
  /** The names of the variables that a playbook reads; undefined for a task, and for a playbook that takes any. */
  readonly variablesOf: (file: string) => Promise<readonly string[] | undefined>
}

/** Reads what completion needs from this machine. What takes long to load is loaded for the words that need it. */
export const completionSource = ({
  loadLibrary,
  paramNames,
  beforeCode,
  openProject,
  tagsOf,
  variablesOf,
}: Reading): CompletionSource => {
  const namesIn = async (inventories: readonly string[]): Promise<InventoryNames> => {
    const { inventoryNames } = await import('./inventory-names.ts')
    return inventoryNames(
      inventories.length === 0 ? inventoriesOf(await openProject()) : inventories,
      beforeCode,
    )
  }
  const tasks = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    if (paramNames !== undefined) return new Map(Object.entries(paramNames()))
    const { paramNamesIn } = await import('../docs/param-names.ts')
    return new Map(Object.entries(paramNamesIn(await loadLibrary())))
  }
  return {
    tasks: async () => [...(await tasks()).keys()],
    params: async (task) => (await tasks()).get(task) ?? [],
    hosts: async (inventories) => (await namesIn(inventories)).hosts,
    tags: async (playbook, inventories) => {
      const project = await openProject()
      return tagsOf(
        projectFile(project, playbook) ?? playbook,
        inventories.length === 0 ? inventoriesOf(project) : inventories,
      )
    },
    variables: async (playbook, inventories) => {
      if (playbook !== undefined) {
        const file = projectFile(await openProject(), playbook) ?? playbook
        const read = looksLikeFile(file) ? await variablesOf(file) : undefined
        if (read !== undefined) return read
      }
      return (await namesIn(inventories)).variables
    },
    names: async () => projectNames(await openProject()),
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
  }
}
