/** Finds the place of a syntax error in a JavaScript module, which Node does not report. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { eraseTypes } from './erase-types.ts'

/** The relative imports of a source. */
const relativeImports = (source: string): string[] =>
  [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)].flatMap(
    ([, path]) => path ?? [],
  )

/**
 * The error of the first module that cannot be parsed, with the place on its stack: this module or one that it imports by a
 * relative path. Undefined if all can be parsed.
 */
export const syntaxErrorIn = async (url: string, seen = new Set<string>()): Promise<Error | undefined> => {
  if (seen.has(url)) return undefined
  seen.add(url)
  const source = await readFile(fileURLToPath(url), 'utf8').catch(() => undefined)
  if (source === undefined) return undefined
  for (const path of relativeImports(source)) {
    const inner = await syntaxErrorIn(new URL(path, url).href, seen)
    if (inner !== undefined) return inner
  }
  try {
    eraseTypes(url, source)
    return undefined
  } catch (error) {
    return error instanceof Error ? error : undefined
  }
}
