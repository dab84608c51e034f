/** Whether a new bundle can take the place of what is in a folder. */
import { lstat, readFile, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from '../../../engine/index.ts'
import { sumsFile } from './bundle.ts'
import { ReleaseFault } from './release-files.ts'

/** The file that says what a bundle was made of. */
export const recipeFile = 'bundle.json'

const recipeSchema = z.looseObject({ version: z.string(), architecture: z.string() })

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

const isRecipe = (text: string): boolean => {
  try {
    return recipeSchema.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** What is in a folder, with the folders in it; a folder that is empty counts as well. */
const contentOf = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
}

/**
 * Refuses a place that has something else than a bundle of release-bundle with its own files: it would be lost.
 *
 * @throws ReleaseFault
 */
export const requireReplaceable = async (folder: string): Promise<void> => {
  const found = await lstat(folder).catch(() => undefined)
  if (found === undefined) return
  const isFolder = found.isDirectory()
  if (isFolder && (await readdir(folder)).length === 0) return
  const [recipe, sums] = await Promise.all([textOf(join(folder, recipeFile)), textOf(join(folder, sumsFile))])
  if (!isFolder || recipe === undefined || sums === undefined || !isRecipe(recipe))
    throw new ReleaseFault(
      `${folder} is there, and is not a bundle that release-bundle has made`,
      `give a folder of its own, such as ${folder}/v1.37.2; nothing was changed`,
    )
  const own = new Set([sumsFile, ...sums.split('\n').map((line) => line.replace(/^\S+ [ *]/, ''))])
  const foreign = (await contentOf(folder)).filter((path) => !own.has(path))
  if (foreign.length === 0) return
  throw new ReleaseFault(
    `${folder} is a bundle with files that release-bundle has not put there: ${foreign.slice(0, 5).join(', ')}${foreign.length > 5 ? ', …' : ''}`,
    'name them in more, or move them; nothing was changed',
  )
}
