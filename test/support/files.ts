/** Finds and selects test files. */
import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/** The kinds of test files, each with its own needs; all but `unit` and `long` are folders. */
const kinds = [
  'unit',
  'integration',
  'long',
  'hosts',
  'conformance',
  'types',
  // before e2e, which is the folder around them
  'e2e/operations',
  'e2e/machine',
  'e2e',
] as const
type Kind = (typeof kinds)[number]

/** Returns the kind of a test file, by its path. */
export const kindOf = (file: string): Kind => {
  if (file.endsWith('.long.test.ts')) return 'long'
  const path = relative(root, file)
  return kinds.find((kind) => path.startsWith(`${kind}/`)) ?? 'unit'
}

const testFilesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true }))
    .filter((file) => file.endsWith('.test.ts'))
    .toSorted()
    .map((file) => resolve(folder, file))

/**
 * Returns the absolute paths of the selected test files.
 *
 * @param words kinds, or paths of files and folders. With a path, kinds are ignored: `npm test -- PATH` runs PATH
 * alone.
 * @throws for a word that is neither, and if no file is selected.
 */
export const filesOf = async (words: readonly string[]): Promise<readonly string[]> => {
  const isKind = (word: string): boolean => kinds.some((kind) => kind === word)
  const paths = words.filter((word) => !isKind(word))
  const absent = paths.find((path) => !existsSync(path))
  if (absent !== undefined)
    throw new Error(`"${absent}" is not a file, a folder or a kind of test (${kinds.join(', ')})`)
  const all = await testFilesIn(root)
  const chosen =
    paths.length === 0
      ? words.flatMap((word) => all.filter((file) => kindOf(file) === word))
      : (
          await Promise.all(
            paths.map(async (path) => (statSync(path).isDirectory() ? testFilesIn(path) : [resolve(path)])),
          )
        ).flat()
  if (chosen.length === 0) throw new Error(`no test file for: ${words.join(' ')}`)
  return chosen
}
