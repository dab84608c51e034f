/** What module hooks do, on a thread of their own or not. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eraseTypes, stripperVersion } from './erase-types.ts'
import { erasedOnce } from './erased-cache.ts'

/** Where the running engine is, given by {@link registerLoader}. */
export interface LoaderData {
  /** The file of the running engine for each public module name. */
  readonly byName: Readonly<Record<string, string>>
  /** The same by the source of the public module: a relative import does not load a second engine. */
  readonly bySource: Readonly<Record<string, string>>
  /** Where sources without their types are kept between runs. */
  readonly cache?: string | undefined
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'

/**
 * What to look for where an import was not found: sources for a compiler import the `.js` file that it would write. Undefined
 * for another error, and another import.
 */
export const sourceInstead = (error: unknown, specifier: string): string | undefined =>
  isMissing(error) && /^\.{1,2}\/.*\.js$/.test(specifier) ? `${specifier.slice(0, -3)}.ts` : undefined

/** Adds the place of the import to the top of an error's stack. */
export const located = (thrown: unknown, specifier: string, parent: string | undefined): unknown => {
  if (!(thrown instanceof Error) || parent?.startsWith('file:') !== true) return thrown
  const source = readFileSync(fileURLToPath(parent), 'utf8')
  const at = ["'", '"']
    .map((quote) => source.indexOf(`${quote}${specifier}${quote}`))
    .find((index) => index >= 0)
  if (at === undefined) return thrown
  const before = source.slice(0, at).split('\n')
  const [first = '', ...frames] = (thrown.stack ?? '').split('\n')
  thrown.stack = [
    first,
    `    at ${parent}:${before.length}:${(before.at(-1) ?? '').length + 1}`,
    ...frames,
  ].join('\n')
  return thrown
}

/** The source of a TypeScript module without its types; undefined for another module. */
export const erasedSource = (url: string, { cache }: LoaderData): string | undefined => {
  if (!url.startsWith('file:') || !/\.m?ts(\?|$)/.test(url)) return undefined
  const source = readFileSync(fileURLToPath(url), 'utf8')
  return erasedOnce(cache, stripperVersion(), source, (text) => eraseTypes(url, text))
}
