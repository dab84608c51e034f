/** Finds where a module can use values from outside the files that its signature covers. Pure. */

/** The place where a module can use values from outside. */
export interface Outside {
  /** The word or the package. */
  readonly what: string
  /** From 1. */
  readonly line: number
}

/** Modules that come with the engine, whose version counts. */
const known = /^(?:\.{1,2}\/|coxswain(?:\/|$))/

/** Imports with a literal name. */
const specifiers = /\b(?:from|import)\s*['"]([^'"\n]+)['"]/g

/** Names of JavaScript and Node whose values depend on the time or the machine. */
const names =
  /\b(?:process|require|eval|Function|globalThis|global|performance|crypto|fetch|WebSocket|EventSource|navigator|localStorage|Intl|Atomics|Worker|random|createRequire|to(?:Locale|Date|Time)\w*String|Date(?!\s*\(\s*(?:-?\d|['"])))(?![\w$])|\bimport\s*[(.]/g

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length

/**
 * Finds the first place where a module can read something that is not in its text or in modules that it imports by relative
 * paths: a package, the clock, the environment, files. It also matches words in comments and strings: a false match is safe.
 */
export const outsideIn = (text: string): Outside | undefined => {
  const found: { readonly what: string; readonly index: number }[] = []
  for (const { 1: what = '', index } of text.matchAll(specifiers)) {
    if (known.test(what)) continue
    found.push({ what, index })
    break
  }
  for (const { 0: what, index } of text.matchAll(names)) {
    found.push({ what: what.replace(/\s*[(.]$/, ''), index })
    break
  }
  const [first] = found.toSorted((one, other) => one.index - other.index)
  return first && { what: first.what, line: lineAt(text, first.index) }
}
