import { importModule } from '../loader/import-module.ts'
import { loadProject } from './project.ts'
import type { Project } from './project.ts'

/**
 * The settings of the project that a folder is in.
 *
 * @param folder absolute.
 * @param loadHooks installs what loads modules in TypeScript; it is called only for a project with such settings.
 * @throws `config-invalid`, `config-unsafe`, `load-failed`.
 */
export const openProject = (folder: string, loadHooks: () => void): Promise<Project> =>
  loadProject({
    folder,
    importModule: (file) => {
      loadHooks()
      return importModule(file)
    },
  })
