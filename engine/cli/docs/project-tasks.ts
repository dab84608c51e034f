/** The tasks and roles in the folders of a project. */
import { relative, resolve } from 'node:path'
import { isUnit } from '../../dsl/role.ts'
import { importModule } from '../loader/import-module.ts'
import { indexOf, namesIn, projectFile } from '../project/names.ts'
import type { Project } from '../project/project.ts'
import type { DocumentedTask } from './task-docs.ts'

/** How a playbook of the project names a file. */
const importOf = (project: Project, file: string): string => {
  const path = relative(project.playbooks, file)
  return path.startsWith('.') ? path : `./${path}`
}

/** The tasks and roles of a file, as `PATH` and `PATH#NAME`. */
export const fileTasks = async (path: string): Promise<readonly DocumentedTask[]> => {
  const units = Object.entries(await importModule(resolve(indexOf(path) ?? path))).flatMap(
    ([exported, value]) => (isUnit(value) ? [{ exported, info: value.info }] : []),
  )
  return units.map(({ exported, info }) => ({
    exported,
    info,
    subject: path,
    reference: units.length === 1 ? path : `${path}#${info.name}`,
    from: path.startsWith('/') || path.startsWith('.') ? path : `./${path}`,
  }))
}

/**
 * Loads the tasks and roles of a project, by the names of their files.
 *
 * @param report is called with the error of each file that cannot be loaded.
 */
export const projectTasks = async (
  project: Project,
  report: (error: unknown) => void,
): Promise<readonly DocumentedTask[]> => {
  const found: DocumentedTask[] = []
  for (const folder of project.tasks)
    for (const name of namesIn(folder).toSorted()) {
      try {
        const file = projectFile({ playbooks: folder, tasks: [] }, name)
        if (file === undefined) continue
        const tasks = Object.entries(await importModule(resolve(file))).flatMap(([exported, value]) =>
          isUnit(value) ? [{ exported, info: value.info }] : [],
        )
        for (const { exported, info } of tasks)
          found.push({
            exported,
            info,
            subject: folder,
            reference: tasks.length === 1 ? name : `${name}#${info.name}`,
            from: importOf(project, file),
          })
      } catch (error) {
        report(error)
      }
    }
  return found
}
