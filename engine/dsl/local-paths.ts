/** Paths of files on the controller: beside the file that makes the task, or in the current folder. */
import { existsSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { z } from 'zod'
import { CoxswainError, isCoxswainError } from '../errors.ts'

const title = 'local path'

/**
 * A file or folder on the machine that runs the playbook. A relative path is looked for beside the file that makes the
 * task and in `templates/` and `files/` there, then beside those that call it, such as the playbook, and then in the current folder.
 *
 * @example
 * params: z.object({ src: localPath().describe('the template on this machine') })
 */
export const localPath = () => z.string().min(1).meta({ title })

/** Whether a parameter is, or can be, a local path. */
const isLocalPath = (field: z.core.$ZodType): boolean =>
  field instanceof z.ZodType &&
  (field.meta()?.title === title || (field instanceof z.ZodUnion && field.options.some(isLocalPath)))

/** The names of the parameters that are local paths. */
export const localPathsIn = (schema: z.ZodType): readonly string[] =>
  schema instanceof z.ZodObject
    ? Object.entries(schema.shape).flatMap(([name, field]) => (isLocalPath(field) ? [name] : []))
    : []

/** A local path after the search. */
export interface FoundPath {
  /** The path from the current folder; as given where nothing is found. */
  readonly path: string
  /** The paths that were tried without success. */
  readonly tried: readonly string[]
}

/** Folders beside a file that can have its local files, as a role has them. */
const besideFolders = ['templates', 'files'] as const

/** Looks for a path in folders and in `templates/` and `files/` there, and then in the current one. */
export const findLocal = (given: string, folders: readonly string[], current = process.cwd()): FoundPath => {
  if (given === '' || isAbsolute(given)) return { path: given, tried: [] }
  const inside = (folder: string): string[] =>
    besideFolders.map((name) => join(folder, name)).filter(existsSync)
  const beside = folders.flatMap((folder) => [folder, ...inside(folder)])
  const candidates = [...new Set([...beside, current].map((folder) => join(folder, given)))]
  const found = candidates.find((path) => existsSync(path))
  if (found === undefined) return { path: given, tried: candidates }
  return { path: found === join(current, given) ? given : relative(current, found), tried: [] }
}

/** Runs work of a task. Where it cannot read a local file, the hint names all places where that was looked for. */
export const namingPlaces = async <Value>(
  tried: readonly string[],
  work: () => Promise<Value> | Value,
): Promise<Value> => {
  try {
    return await work()
  } catch (error) {
    if (tried.length === 0 || !isCoxswainError(error) || error.code !== 'load-failed') throw error
    const { code, message, host, task, place, output, cause } = error
    throw new CoxswainError(code, message, {
      host,
      task,
      place,
      output,
      cause,
      hint: `it was looked for at ${tried.join(' and ')}`,
    })
  }
}
