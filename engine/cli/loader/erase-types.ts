/**
 * Erases the types of a TypeScript source in place, with the stripper that Node ≥ 22.18 has built in: line and column of a
 * playbook stay what the author sees.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Options, TransformOutput } from '@swc/wasm-typescript'

interface Stripper {
  readonly transformSync: (source: string, options: Options) => TransformOutput
}

const stripperName = '@swc/wasm-typescript'

/** `require`, when the first source needs it: `import` would read the 3.7 MB of its source twice. */
const load = createRequire(import.meta.url)

/** The name and version of the stripper: what is erased is the same as long as this is. */
export const stripperVersion = (): string => {
  const { version }: { version?: unknown } = load(`${stripperName}/package.json`)
  return `${stripperName}@${String(version)}`
}

/** The stripper throws plain data instead of an error. */
const isStripperError = (
  value: unknown,
): value is { message: string; startLine?: number; startColumn?: number } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'

/**
 * A source without its types.
 *
 * @throws SyntaxError with the place on its stack, as Node's own errors have it.
 */
export const eraseTypes = (url: string, source: string): string => {
  const stripper: Stripper = load(stripperName)
  try {
    const options = { mode: 'strip-only', filename: fileURLToPath(url), module: true } as const
    return stripper.transformSync(source, options).code
  } catch (cause) {
    if (!isStripperError(cause)) throw cause
    const { message, startLine = 1, startColumn = 0 } = cause
    const error = new SyntaxError(message.trim())
    error.stack = `SyntaxError: ${message.trim()}\n    at ${url}:${startLine}:${startColumn + 1}`
    throw error
  }
}
