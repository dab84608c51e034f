/** Fingerprints of files on this machine: short texts that change with the content. */
import { createHash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { outsideIn } from './outside.ts'

/** The most bytes of a file that are hashed; for a larger file, its size and modification time count. */
const readable = 64 * 1024 * 1024
/** The most entries of a folder. */
const countable = 20_000

const pieceSize = 256 * 1024

const hashOfFile = (path: string): string => {
  const hash = createHash('sha256')
  const file = openSync(path, 'r')
  try {
    const piece = Buffer.alloc(pieceSize)
    for (let length = readSync(file, piece); length > 0; length = readSync(file, piece))
      hash.update(piece.subarray(0, length))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

/** The fingerprint of a file, or of a folder with everything in it. */
const contentOf = (path: string, left: { entries: number }): string => {
  left.entries -= 1
  if (left.entries < 0) return 'too many'
  const stat = lstatSync(path)
  const mode = (stat.mode & 0o7777).toString(8)
  if (stat.isSymbolicLink()) return `link ${JSON.stringify(readlinkSync(path))}`
  if (stat.isDirectory()) {
    const entries = readdirSync(path).toSorted()
    const inside = entries.map((name) => `${JSON.stringify(name)}:${contentOf(join(path, name), left)}`)
    return `folder ${mode} {${inside.join(',')}}`
  }
  if (!stat.isFile()) return 'special'
  return `file ${mode} ${stat.size > readable ? `${stat.size} ${stat.mtimeMs}` : hashOfFile(path)}`
}

/** Relative imports with a literal path. */
const imports = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g

const asSource = (path: string): string => (path.endsWith('.js') ? `${path.slice(0, -3)}.ts` : path)

const textOf = (path: string): { readonly path: string; readonly text: string } | undefined => {
  for (const one of [path, asSource(path)]) {
    try {
      return { path: one, text: readFileSync(one, 'utf8') }
    } catch {
      // missing or not readable: then the module would not have been loaded
    }
  }
  return undefined
}

/** Reads fingerprints of files, each file once. */
export interface Sources {
  /** The fingerprint of a file or folder, also if it cannot be read. */
  readonly content: (path: string) => string
  /** The fingerprint of a module and its relative imports, except one file, which changes for other reasons. */
  readonly module: (path: string, except?: string) => string
  /** The first use of a value from outside in a module or its relative imports, with its place. */
  readonly outside: (path: string) => string | undefined
}

/** A module with its relative imports. */
interface Graph {
  /** Texts by path. */
  readonly texts: ReadonlyMap<string, string>
  /** Paths of modules that cannot be read. */
  readonly missing: readonly string[]
}

const graphOf = (start: string): Graph => {
  const texts = new Map<string, string>()
  const missing: string[] = []
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    const found = textOf(path)
    if (found === undefined) {
      missing.push(path)
      return
    }
    texts.set(found.path, found.text)
    for (const [, specifier = ''] of found.text.matchAll(imports))
      visit(resolve(dirname(found.path), specifier))
  }
  visit(start)
  return { texts, missing }
}

const hashOfGraph = ({ texts }: Graph, except: string | undefined): string => {
  const hash = createHash('sha256')
  for (const path of [...texts.keys()].toSorted())
    if (path !== except) hash.update(JSON.stringify([path, texts.get(path)]))
  return hash.digest('hex')
}

const outsideOf = ({ texts, missing }: Graph): string | undefined => {
  const [absent] = missing
  if (absent !== undefined) return `the module ${absent}`
  for (const [path, text] of texts) {
    const found = path.endsWith('.json') ? undefined : outsideIn(text)
    if (found !== undefined) return `${found.what} (${relative(process.cwd(), path)}:${found.line})`
  }
  return undefined
}

/** Caches the values of a function. */
const once = <Value>(make: (path: string) => Value): ((path: string) => Value) => {
  const made = new Map<string, { readonly value: Value }>()
  return (path) => {
    const known = made.get(path) ?? { value: make(path) }
    made.set(path, known)
    return known.value
  }
}

/** Creates a cache of fingerprints. */
export const readSources = (): Sources => {
  const content = once((path) => {
    try {
      return contentOf(path, { entries: countable })
    } catch (error) {
      return `unreadable ${error instanceof Error && 'code' in error ? String(error.code) : ''}`
    }
  })
  const graph = once(graphOf)
  const outside = once((path) => outsideOf(graph(path)))
  const hashes = once((key) => {
    const [path = '', except]: string[] = JSON.parse(key)
    return hashOfGraph(graph(path), except)
  })
  return {
    content: (path) => content(resolve(path)),
    module: (path, except) =>
      hashes(JSON.stringify([resolve(path), ...(except === undefined ? [] : [except])])),
    outside: (path) => outside(resolve(path)),
  }
}
