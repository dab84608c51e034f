/** Playbooks and tasks of a project, by their names. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { refuseUntrustedPlaybook } from './found-file.ts'
import type { Project } from './project.ts'

type Folders = Pick<Project, 'playbooks' | 'tasks'>

const endings = ['.ts', '.mts', '.js', '.mjs'] as const

/**
 * The file that a name stands for: a playbook in the project's folder of playbooks, or else a task or role in one of its folders, which
 * can be a folder of that name with an index.
 * `NAME#task` is a task in it. Undefined where there is no such file.
 *
 * @throws `config-unsafe` for a file that another user could have written.
 */
export const projectFile = ({ playbooks, tasks }: Folders, name: string): string | undefined => {
  const [path = '', ...task] = name.split('#')
  const files = [playbooks, ...tasks].flatMap((folder) =>
    endings.flatMap((ending) => [join(folder, path + ending), join(folder, path, `index${ending}`)]),
  )
  const found = files.find((file) => existsSync(file))
  if (found === undefined) return undefined
  refuseUntrustedPlaybook(found)
  return [found, ...task].join('#')
}

/** The index of a folder; undefined for a file, and for a folder without one. */
export const indexOf = (folder: string): string | undefined =>
  endings.map((ending) => join(folder, `index${ending}`)).find((file) => existsSync(file))

/** Names of the modules in a folder, and of the folders with an index in it, without tests and declarations; none where it cannot be read. */
export const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isDirectory())
        return endings.some((ending) => existsSync(join(folder, entry.name, `index${ending}`)))
          ? [entry.name]
          : []
      const [, name] = /^([^.]+)\.m?[jt]s$/.exec(entry.name) ?? []
      return name === undefined || name === 'index' ? [] : [name]
    })
  } catch {
    return []
  }
}

/** The names that can be typed for playbooks and tasks of a project. */
export const projectNames = ({ playbooks, tasks }: Folders): string[] => [
  ...new Set([playbooks, ...tasks].flatMap(namesIn)),
]
