import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { $ } from 'zx'
import { cacheFolder, labFolder } from './machine.ts'
import { step } from './say.ts'

/** The files of a recipe with the names that count: those of a folder by their path in it, a file by its own name. */
const filesOf = async (path: string): Promise<[name: string, file: string][]> => {
  if ((await stat(path)).isFile()) return [[`/${basename(path)}`, path]]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => [file.slice(path.length), file])
}

/**
 * A short hash of what a recipe consists of: another recipe creates another artifact.
 *
 * @param paths files and folders of the recipe.
 * @param more what else decides the result, such as a version.
 */
export const recipeKey = async (paths: readonly string[], more: readonly string[] = []): Promise<string> => {
  const hash = createHash('sha256')
  for (const [name, file] of (await Promise.all(paths.map(filesOf))).flat())
    hash.update(name).update(await readFile(file))
  for (const text of more) hash.update(`\n${text}`)
  return hash.digest('hex').slice(0, 12)
}

/** What makes a folder of the cache. */
export interface Recipe {
  /** The beginning of the folder's name, below the cache: `parts/base`. */
  readonly name: string
  /** What the step is called while it runs. */
  readonly what: string
  /** The files that it consists of; the first one is the program. */
  readonly paths: readonly string[]
  /** The program's arguments after the folder. */
  readonly words?: readonly string[]
  /** What decides the result in addition to the files. */
  readonly more?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The folder of a recipe in the cache, whether it exists or not. */
export const folderOf = async ({ name, paths, more = [] }: Recipe): Promise<string> =>
  join(cacheFolder(), `${name}-${await recipeKey(paths, more)}`)

/**
 * The folder that a recipe makes: made if it is not in the cache. An interrupted program is never taken for a complete one, and
 * several processes that want the same folder make it once.
 */
export const made = async (recipe: Recipe): Promise<string> => {
  const folder = await folderOf(recipe)
  if (existsSync(folder)) return folder
  const { what, paths, words = [], env = {} } = recipe
  await step(what, async () => {
    const command = [join(labFolder, 'once.sh'), folder, paths[0] ?? '', ...words]
    await $({ stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })`${command}`
  })
  return folder
}
