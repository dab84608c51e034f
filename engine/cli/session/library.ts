import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, resolve } from 'node:path'
import { isTaskFactory } from '../../dsl/task.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import type { LoadLibrary } from '../define-command.ts'
import { refuseUntrustedPlaybook } from '../project/found-file.ts'
import { indexOf, projectFile, projectNames } from '../project/names.ts'
import type { Project } from '../project/project.ts'
import { loadFile } from './load.ts'
import type { Loaded } from './load.ts'
import { looksLikeFile } from './looks-like-file.ts'

/** The tasks of a library by name. */
export const libraryOf = (module: Readonly<Record<string, unknown>>): ReadonlyMap<string, TaskFactory> =>
  new Map(
    Object.values(module)
      .filter(isTaskFactory)
      .map((task) => [task.info.name, task]),
  )

/** What a word on the command line means, and the word or path that a run of it is recorded under. */
export type Target = Loaded & { readonly reference: string }

/** What a word is looked up in. */
export interface Lookup {
  readonly loadLibrary: LoadLibrary
  readonly project: () => Promise<Project>
  /** Names of commands, for "did you mean". */
  readonly commands?: readonly string[]
}

/** The module of an npm package that is installed for the current folder, such as a role; undefined for another name. */
const installedModule = (name: string): string | undefined => {
  if (!/^(?:@[\w.-]+\/)?[\w.-]+(?:#[\w-]+)?$/.test(name)) return undefined
  const [path = '', exported] = name.split('#')
  try {
    const file = createRequire(resolve('package.json')).resolve(path)
    if (!isAbsolute(file)) return undefined
    refuseUntrustedPlaybook(file)
    return exported === undefined ? file : `${file}#${exported}`
  } catch (error) {
    if (isCoxswainError(error)) throw error
    return undefined
  }
}

/** The module at a path: that of a folder is its index. */
const moduleAt = (target: string): string => {
  const [path = '', ...exported] = target.split('#')
  if (!statSync(path).isDirectory()) return target
  const index = indexOf(path)
  if (index !== undefined) return [index, ...exported].join('#')
  throw new CoxswainError('load-failed', `${path} is a folder without index.ts`, {
    hint: 'give the path of a file, or of a folder that has an index.ts',
  })
}

/** The tasks and roles of the project by their own names, which can differ from those of their files. */
const unitsOf = async (
  project: Project,
): Promise<readonly { readonly name: string; readonly reference: string }[]> => {
  const { projectTasks } = await import('../docs/project-tasks.ts')
  const all = await projectTasks(project, () => {})
  return all.map(({ info, reference }) => ({ name: info.name, reference }))
}

/**
 * Finds the target of a run: a file or folder by its path, a playbook, task or role of the project by the name of its file, a task of
 * the library, a role of an installed package by the name of that, or a task or role of the project by its own name, in this order.
 *
 * @throws `load-failed`, with the nearest name.
 */
export const findTarget = async (target: string, lookup: Lookup): Promise<Target> => {
  const isFile = looksLikeFile(target)
  if (isFile && existsSync(target.split('#')[0] ?? ''))
    return { ...(await loadFile(moduleAt(target))), reference: target }
  const project = await lookup.project()
  const named = projectFile(project, target)
  if (named !== undefined) return { ...(await loadFile(named)), reference: named }
  if (isFile) return { ...(await loadFile(target)), reference: target }
  const library = libraryOf(await lookup.loadLibrary())
  const task = library.get(target)
  if (task !== undefined) return { kind: 'unit', unit: task, reference: target }
  const installed = installedModule(target)
  if (installed !== undefined) return { ...(await loadFile(installed)), reference: target }
  const units = await unitsOf(project)
  const [unit, ...others] = units.flatMap(({ name, reference }) => (name === target ? [reference] : []))
  if (others.length > 0)
    throw new CoxswainError('load-failed', `several tasks or roles are named ${shownWord(target)}`, {
      hint: `choose one: ${[unit, ...others].join(', ')}`,
    })
  const file = unit === undefined ? undefined : projectFile({ playbooks: '', tasks: project.tasks }, unit)
  if (file !== undefined) return { ...(await loadFile(file)), reference: file }
  const guess = nearest(target, [
    ...(lookup.commands ?? []),
    ...projectNames(project),
    ...units.map(({ name }) => name),
    ...library.keys(),
  ])
  throw new CoxswainError('load-failed', `there is no playbook, task or command named ${shownWord(target)}`, {
    hint: `${guess === undefined ? '' : `did you mean ${guess}? `}\`run docs\` lists all tasks; the path of a file has a / or ends with .ts`,
  })
}
