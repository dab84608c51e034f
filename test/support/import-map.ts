/** The imports of the tree, the layers of the engine, and the map of them that CONTRIBUTING.md shows. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

export interface Import {
  readonly file: string
  /** A path below the root, or the name of a package. */
  readonly target: string
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))

/** The files of what is shipped, and of the lab. */
export const sources: readonly string[] = ['engine', 'tasks', 'playbooks'].flatMap(filesIn)
export const labSources: readonly string[] = filesIn('lab')

const importsOf = (file: string): Import[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export) [^'"`]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm,
    ),
  ].map(([, from, bare, dynamic]) => {
    const target = from ?? bare ?? dynamic ?? ''
    return {
      file,
      target: target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target,
    }
  })

export const imports: readonly Import[] = sources.flatMap(importsOf)
export const labImports: readonly Import[] = labSources.flatMap(importsOf)

/** Layers of the engine from the bottom up; a file may import from its own layer and from those below. */
export const engineLayers: readonly (readonly string[])[] = [
  [
    'engine/errors.ts',
    'engine/error-codes.ts',
    'engine/error-row.ts',
    'engine/exit-codes.ts',
    'engine/error-kinds.ts',
    'engine/package-root.ts',
    'engine/authors-place.ts',
    'engine/secret.ts',
    'engine/password-hash.ts',
    'engine/once.ts',
    'engine/settled.ts',
    'engine/shell-file.ts',
    'engine/shell-source.ts',
  ],
  ['engine/connection/'],
  ['engine/remote/'],
  ['engine/dsl/', 'engine/inventory/'],
  ['engine/run/'],
  ['engine/report/'],
  ['engine/cli/', 'engine/testing/', 'engine/testing.ts', 'engine/index.ts'],
]
/** The number of a file's layer, from 0 at the bottom; -1 for none. */
export const layerOf = (path: string): number =>
  engineLayers.findIndex((layer) => layer.some((part) => path.startsWith(part)))

/** What the map calls a file: its folder in the engine, or its folder at the top. */
const areaOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/')
  if (top !== 'engine')
    return path === 'coxswain' ? 'engine/index.ts' : (path.replace(/^coxswain\//, '').split('/')[0] ?? top)
  return second.endsWith('.ts') ? (layerOf(path) === 0 ? 'engine/*.ts' : path) : `engine/${second}`
}

/**
 * Which folder imports from which, as text: the folders from the top layer down, each with those that it imports from.
 *
 * @example
 * // engine/report  → engine/run, engine/inventory, engine/*.ts
 */
export const drawMap = (): string => {
  const targets = new Map<string, Set<string>>()
  for (const { file, target } of [...imports, ...labImports]) {
    if (!/^(?:engine|tasks|playbooks|lab|coxswain)(?:\/|$)/.test(target)) continue
    const [from, to] = [areaOf(file), areaOf(target)]
    if (from !== to) targets.set(from, (targets.get(from) ?? new Set()).add(to))
  }
  const rank = (area: string): number => {
    const outside = ['lab', 'playbooks', 'tasks'].indexOf(area)
    if (outside >= 0) return outside - 100
    return area === 'engine/*.ts' ? 100 : -layerOf(`${area}${area.endsWith('.ts') ? '' : '/'}`)
  }
  const inOrder = (areas: Iterable<string>): string[] =>
    [...areas].toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
  const areas = inOrder(targets.keys())
  const width = Math.max(...areas.map((area) => area.length))
  return areas
    .map((area) => `${area.padEnd(width)} → ${inOrder(targets.get(area) ?? []).join(', ')}\n`)
    .join('')
}

const markers = [
  '<!-- made by `npm run docs`: the map -->\n\n```text\n',
  '```\n\n<!-- the end of the map -->',
] as const

/** CONTRIBUTING.md with the map of today in the place of the one that it has. */
export const withMap = (page: string): string => {
  const [start, end] = [page.indexOf(markers[0]), page.indexOf(markers[1])]
  if (start < 0 || end < start) throw new Error('CONTRIBUTING.md has no place for the map')
  return page.slice(0, start + markers[0].length) + drawMap() + page.slice(end)
}
