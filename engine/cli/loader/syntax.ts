/** Where a module in plain JavaScript cannot be parsed: Node does not say it of modules. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { erased } from './hooks.ts'

/** What a source imports by a relative path. */
const relativeImports = (source: string): string[] =>
  [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)].flatMap(
    ([, path]) => path ?? [],
  )

/**
 * The error of the first module that cannot be parsed, with its place on its stack: the module itself or one that it
 * imports by a relative path. Undefined when all can be.
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
    await erased(url, source)
    return undefined
  } catch (error) {
    return error instanceof Error ? error : undefined
  }
}
