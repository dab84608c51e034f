/** Code that is loaded when the command line starts: `--help` must not load code that it does not need. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../support/compiled.ts'
import { suite } from '../support/spec.ts'
import * as tasks from '../../tasks/index.ts'
import { paramNamesIn } from '../../engine/cli/docs/param-names.ts'

const test = suite('the start of the command line')

interface BundledFile {
  readonly bytes: number
  /** The files that it imports statically, not those that it loads later. */
  readonly imports: readonly string[]
  readonly sources: readonly string[]
}

/** The modules in each file of the bundle, by path. */
const bundle: Readonly<Record<string, BundledFile>> = JSON.parse(
  readFileSync(join(dirname(compiledProgram()), '../dist/contents.json'), 'utf8'),
)

/** A file of the bundle and all its static imports. */
const loadedWith = (
  name: string,
  seen = new Map<string, BundledFile>(),
): ReadonlyMap<string, BundledFile> => {
  const file = bundle[name]
  if (file === undefined || seen.has(name)) return seen
  seen.set(name, file)
  for (const path of file.imports) loadedWith(path, seen)
  return seen
}

const bytesOf = (files: ReadonlyMap<string, BundledFile>): number =>
  [...files.values()].reduce((sum, { bytes }) => sum + bytes, 0)

const sourcesOf = (files: ReadonlyMap<string, BundledFile>): string[] =>
  [...files.values()].flatMap(({ sources }) => sources)

test('--help loads less than 200 KB: no schemas, no tasks, no ssh, no reporters', () => {
  const files = loadedWith('dist/main.js')
  assert.ok(files.size > 3, [...files.keys()].join(', '))
  const sources = sourcesOf(files)
  assert.ok(sources.includes('engine/cli/parse.ts'))
  assert.equal(
    sources.filter((name) =>
      /node_modules\/(?:zod|yaml|listr2|tar|zx)\/|^tasks\/|^engine\/(?:dsl\/task|connection\/ssh|report\/(?:tree|plain|json|junit|html))/.test(
        name,
      ),
    ),
    [],
  )
  const bytes = bytesOf(files)
  assert.ok(bytes < 200_000, `${bytes} bytes`)
})

test('all tasks load less than 2150 KB: no templates, no ssh, no reporters, no type stripper', () => {
  const files = loadedWith('dist/tasks.js')
  const sources = sourcesOf(files)
  assert.ok(sources.some((name) => name.startsWith('tasks/files/')))
  assert.equal(
    sources.filter((name) => /node_modules\/(?:handlebars|source-map|ssh2|listr2|zx|@swc)\//.test(name)),
    [],
  )
  const bytes = bytesOf(files)
  assert.ok(bytes < 2_150_000, `${bytes} bytes`)
})

/** Module hooks that print the URL of each module that is loaded, on standard error. */
const printLoaded = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module'
  const hooks = "import { writeSync } from 'node:fs'; export const load = (url, context, next) => { " +
    "writeSync(2, 'loaded ' + url + '\\\\n'); return next(url, context) }"
  register('data:text/javascript,' + encodeURIComponent(hooks))
`)}`

const root = resolve(dirname(compiledProgram()), '..')

/** The files of the bundle that a command line loads, by path. */
const loadedBy = (...words: string[]): ReadonlyMap<string, BundledFile> => {
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', printLoaded, compiledProgram(), ...words],
    { cwd: root, encoding: 'utf8' },
  )
  assert.is(status, 0, stderr)
  const paths = [...stderr.matchAll(/^loaded (file:.*)$/gm)].map(([, url = '']) =>
    relative(root, fileURLToPath(url)),
  )
  return new Map(
    paths.flatMap((path) => {
      const file = bundle[path]
      return file === undefined ? [] : [[path, file] as const]
    }),
  )
}

/** Fails if a command line loads more files than this, or a source whose path matches. */
const insist = (files: ReadonlyMap<string, BundledFile>, most: number, without: RegExp): void => {
  assert.ok(files.size > 0 && files.size <= most, [...files.keys()].join(', '))
  assert.equal(
    sourcesOf(files).filter((path) => without.test(path)),
    [],
  )
}

test('--help reads at most 8 files', () => insist(loadedBy('--help'), 8, /node_modules\/zod/))

test('a Tab after the name of a task reads at most 12 files: no schemas, no tasks, no YAML', () => {
  for (const words of [
    ['__complete', '--', 'sys'],
    ['__complete', '--', 'sysctl', 'k'],
  ])
    insist(loadedBy(...words), 12, /node_modules\/(?:zod|yaml)\/|^tasks\/|^engine\/dsl\/task/)
})

test('a Tab after the name of a host reads at most 16 files: no tasks, no plans, no connections', () =>
  insist(
    loadedBy('__complete', '--', 'exec', '-i', 'inventory/example.yaml', 'm'),
    16,
    /^tasks\/|^engine\/(?:run\/(?!masking|report-error)|connection\/(?:ssh|shell)|dsl\/task)/,
  ))

test('--list-tasks reads at most 33 files: nothing that connects or runs tasks, no reporters, no journal', () =>
  insist(
    loadedBy('playbooks/ha-masters.ts', '-i', 'inventory/example.yaml', '--list-tasks'),
    33,
    /node_modules\/(?:ssh2|handlebars|listr2|zx|age-encryption)\/|^engine\/(?:connection\/(?:shell\/|process\/|local\.|connect\.|ssh\/(?!config\/arguments))|run\/(?:runner|play\/|task\/run-task)|report\/(?:tree|plain|junit|html|json-events)|cli\/journal\/journal)/,
  ))

/** Prints the library tasks for which no schema is made when theirs is first read: it was built before. */
const printBuilt = `
  const tasks = await import('./dist/tasks.js')
  let added = 0
  // zod calls it with each schema that it makes
  globalThis.__zod_globalConfig.postProcessor = () => { added += 1 }
  const infos = Object.values(tasks).flatMap(({ info }) => info ?? [])
  const built = infos.flatMap((info) => {
    added = 0
    const { shape = {} } = info.params
    return added === 0 && Object.keys(shape).length > 0 ? [info.name] : []
  })
  console.log(JSON.stringify({ all: infos.length, built }))
`

/** `Intl.Segmenter` takes longer to make than the command line needs for its arguments. */
const withoutSegmenter = `data:text/javascript,${encodeURIComponent(
  "Intl.Segmenter = class { constructor() { throw new Error('a segmenter was made') } }",
)}`

test('a start makes no segmenter of text', () => {
  for (const words of [
    ['--help'],
    ['playbooks/ha-masters.ts', '-i', 'inventory/example.yaml', '--list-tasks'],
  ]) {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', withoutSegmenter, compiledProgram(), ...words],
      { cwd: root, encoding: 'utf8' },
    )
    assert.is(status, 0, stderr)
  }
})

test('loading the library builds no schema of a task: that is done when a task is first used', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', printBuilt], {
    cwd: root,
    encoding: 'utf8',
  })
  const { all, built }: { all: number; built: string[] } = JSON.parse(printed)
  assert.ok(all > 70, printed)
  assert.equal(built, [])
})

test('completion knows the tasks of the library and their parameters', () => {
  assert.equal(JSON.parse(readFileSync(join(root, 'dist/param-names.json'), 'utf8')), paramNamesIn(tasks))
  const complete = (...words: string[]): string =>
    execFileSync(process.execPath, [compiledProgram(), '__complete', '--', ...words], {
      cwd: root,
      encoding: 'utf8',
    })
  assert.is(complete('sysct'), 'sysctl\n')
  assert.is(complete('sysctl', 'k'), 'key=\n')
  assert.is(complete('constructor', 'k'), '')
})
