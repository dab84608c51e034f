/** What in the text of a module can bring in values that are in none of the files that are read for it. Pure. */

/** Where a module can reach outside itself. */
export interface Outside {
  /** The word or the package. */
  readonly what: string
  /** From 1. */
  readonly line: number
}

/** Modules that come with the engine, whose version counts. */
const known = /^(?:\.{1,2}\/|coxswain(?:\/|$))/

/** What is imported by a name that is text. */
const specifiers = /\b(?:from|import)\s*['"]([^'"\n]+)['"]/g

/** Names of the language and of Node that give other values at other times, or on other machines. */
const names =
  /\b(?:process|require|eval|Function|globalThis|global|performance|crypto|fetch|WebSocket|EventSource|navigator|localStorage|Intl|Atomics|Worker|random|createRequire|to(?:Locale|Date|Time)\w*String|Date(?!\s*\(\s*(?:-?\d|['"])))(?![\w$])|\bimport\s*[(.]/g

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length

/**
 * The first place where a module can read what is not in its text or in that of modules beside it: a package, the clock,
 * the environment, files. Words in comments and texts count, too: it is better to find too much.
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
