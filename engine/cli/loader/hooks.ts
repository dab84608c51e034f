/**
 * Module hooks that let a playbook be a plain `.ts` file, with no build step and one engine, however it is imported.
 *
 * They run on Node's hooks thread (node:module `register`, Node 20.6+). Types are erased in place by the same stripper
 * that Node ≥ 22.18 has built in, so line and column of a playbook stay what the author sees.
 */
import { readFile } from 'node:fs/promises'
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Where the running engine is, given by {@link registerLoader}. */
export interface LoaderData {
  /** The file of the running engine that each public module name stands for. */
  readonly byName: Readonly<Record<string, string>>
  /** The same by the source of the public module, so that a relative import does not load a second engine. */
  readonly bySource: Readonly<Record<string, string>>
}

const state: { data: LoaderData } = { data: { byName: {}, bySource: {} } }

/** Called by Node on the hooks thread, once. */
export const initialize = (data: LoaderData): void => {
  state.data = data
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'

export const resolve: ResolveHook = async (specifier, context, next) => {
  const known = state.data.byName[specifier]
  if (known !== undefined) return { url: known, shortCircuit: true }
  try {
    const found = await next(specifier, context)
    return { ...found, url: state.data.bySource[found.url] ?? found.url }
  } catch (error) {
    // sources written for a compiler name the file that it would write
    if (!isMissing(error) || !/^\.{1,2}\/.*\.js$/.test(specifier))
      throw await located(error, specifier, context.parentURL)
    try {
      return await next(`${specifier.slice(0, -3)}.ts`, context)
    } catch {
      throw await located(error, specifier, context.parentURL)
    }
  }
}

/** An error of an import, with the place of its specifier in the importing file on top of its stack. */
const located = async (thrown: unknown, specifier: string, parent: string | undefined): Promise<unknown> => {
  if (!(thrown instanceof Error) || parent?.startsWith('file:') !== true) return thrown
  const source = await readFile(fileURLToPath(parent), 'utf8')
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

/** What the stripper says of text that it cannot read. It throws plain data, not an error. */
const isComplaint = (
  value: unknown,
): value is { message: string; startLine?: number; startColumn?: number } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'

/**
 * A source without its types.
 *
 * @throws SyntaxError with the place on its stack, as Node's own errors have it.
 */
export const erased = async (url: string, source: string): Promise<string> => {
  // where everything is JavaScript nobody waits for it
  const { transform } = await import('@swc/wasm-typescript')
  try {
    const options = { mode: 'strip-only', filename: fileURLToPath(url), module: true } as const
    return (await transform(source, options)).code
  } catch (cause) {
    if (!isComplaint(cause)) throw cause
    const { message, startLine = 1, startColumn = 0 } = cause
    const error = new SyntaxError(message.trim())
    error.stack = `SyntaxError: ${message.trim()}\n    at ${url}:${startLine}:${startColumn + 1}`
    throw error
  }
}

export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:') || !/\.m?ts(\?|$)/.test(url)) return next(url, context)
  const source = await readFile(fileURLToPath(url), 'utf8')
  return { format: 'module', source: await erased(url, source), shortCircuit: true }
}
