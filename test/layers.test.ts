/** Which files can import which, and the only places that can import each package. Reads the import lines. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { drawMap, imports, labImports, layerOf, sources, withMap } from './support/import-map.ts'
import { suite } from './support/spec.ts'

const test = suite('layers')
const root = resolve(import.meta.dirname, '..')

const isTarget = (path: string): boolean => /^(engine|tasks|playbooks)\//.test(path)

test('the imports are found', () => assert.ok(imports.length > 300))

test('every file of the engine belongs to a layer', () => {
  assert.equal(
    sources.filter((file) => file.startsWith('engine/') && layerOf(file) < 0),
    [],
  )
})

test('inside the engine no import goes upward', () => {
  const upward = imports.filter(
    ({ file, target }) =>
      file.startsWith('engine/') && target.startsWith('engine/') && layerOf(target) > layerOf(file),
  )
  assert.equal(
    upward.map(({ file, target }) => `${file} → ${target}`),
    [],
  )
})

/** It imports nothing of this project. */
const alsoOfTheLab = 'tasks/kubernetes/bundle/release-files.ts'

test('the lab knows no task, and of the engine only what needs no playbook', () => {
  const wrong = labImports.filter(
    ({ target }) =>
      /^(?:tasks|playbooks|engine\/(?:cli|report|dsl))\//.test(target) && target !== alsoOfTheLab,
  )
  assert.equal(
    imports.filter(({ file }) => file === alsoOfTheLab).filter(({ target }) => !target.startsWith('node:')),
    [],
  )
  assert.equal(wrong, [])
})

test('CONTRIBUTING.md has the map of the imports; `npm run docs` writes it', () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  assert.match(drawMap(), /^engine\/report +→ engine\/run, /m)
  assert.is(page, withMap(page))
})

/** Folders whose files must not import each other in a cycle. */
const graphFolders = ['engine', 'tasks', 'playbooks', 'lab']

/** The files that each file imports when it is loaded, types included. */
const graph = new Map(
  graphFolders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(folder, name)),
    )
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      const targets = [...text.matchAll(/^(?:import|export) [^'"`]*?from '(\.[^']+)'|^import '(\.[^']+)'/gm)]
      return [
        file,
        targets.map(([, from, bare]) => relative(root, resolve(root, dirname(file), from ?? bare ?? ''))),
      ] as const
    }),
)

/** Returns the shortest import cycle of a file. */
const circleOf = (start: string): readonly string[] | undefined => {
  const seen = new Set<string>()
  const queue: (readonly string[])[] = [[start]]
  for (const path of queue) {
    for (const next of graph.get(path.at(-1) ?? '') ?? []) {
      if (next === start) return [...path, start]
      if (seen.has(next)) continue
      seen.add(next)
      queue.push([...path, next])
    }
  }
  return undefined
}

test('no files import each other in a circle', () => {
  assert.ok(graph.size > 400)
  const circles = [...graph.keys()].flatMap((file) => circleOf(file)?.join(' → ') ?? [])
  assert.equal(circles, [])
})

test('tasks run without knowing plays', () => {
  const wrong = imports.filter(
    ({ file, target }) => file.startsWith('engine/run/task/') && target.startsWith('engine/run/play/'),
  )
  assert.equal(wrong, [])
})

test('the engine knows no task and no playbook, tasks know no playbook', () => {
  const wrong = imports.filter(
    ({ file, target }) =>
      isTarget(target) &&
      ((file.startsWith('engine/') && !target.startsWith('engine/')) ||
        (file.startsWith('tasks/') && target.startsWith('playbooks/'))),
  )
  assert.equal(wrong, [])
})

test('tasks see only the public engine, playbooks only the packages that a user sees', () => {
  const deep = imports.filter(
    ({ file, target }) =>
      file.startsWith('tasks/') && target.startsWith('engine/') && target !== 'engine/index.ts',
  )
  assert.equal(deep, [])
  const playbooks = imports.filter(
    ({ file, target }) =>
      file.startsWith('playbooks/') && isTarget(target) && !target.startsWith('playbooks/'),
  )
  assert.equal(playbooks, [])
})

test('a file directly below a subject of the tasks defines tasks; what they share is in a folder below', () => {
  const others = sources.filter(
    (file) =>
      /^tasks\/[^/]+\/[^/]+$/.test(file) &&
      !file.startsWith('tasks/shared/') &&
      !file.endsWith('/index.ts') &&
      !/\bdefineTask\(/.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.equal(others, [])
  assert.equal(
    sources.filter((file) => /^tasks\/[^/]+$/.test(file)),
    ['tasks/ansible-modules.ts', 'tasks/index.ts', 'tasks/subjects.ts'],
  )
})

/** Each package, and the places that can import it. */
const homes: Readonly<Record<string, readonly string[]>> = {
  ssh2: ['engine/connection/ssh/'],
  'zx/core': ['engine/connection/local.ts'],
  listr2: ['engine/report/tree'],
  diff: ['engine/report/diff.ts'],
  commander: ['engine/cli/parse.ts'],
  unixcrypt: ['engine/password-hash.ts'],
  handlebars: ['tasks/files/templates/render.ts'],
  '@swc/wasm-typescript': ['engine/cli/loader/erase-types.ts'],
  'age-encryption': ['engine/inventory/secrets/age.ts'],
  'ansible-vault': ['engine/inventory/secrets/vault.ts'],
  yaml: [
    'engine/inventory/yaml',
    'engine/cli/session/typed-value.ts',
    'tasks/kubernetes/kubeadm/yaml.ts',
    'tasks/kubernetes/networks/held-back.ts',
    'tasks/files/yaml-setting.ts',
    'tasks/files/documents/yaml',
    'tasks/files/templates/yaml-text.ts',
  ],
  'jsonc-parser': ['tasks/files/json-setting.ts', 'tasks/files/documents/json'],
  tar: ['tasks/files/unpack/tar-index.ts'],
  'tar/extract': ['tasks/kubernetes/bundle/make-bundle.ts'],
  'tar/header': ['tasks/files/tree/tar.ts'],
  yauzl: ['tasks/files/unpack/zip.ts'],
  'tar/parse': ['tasks/files/unpack/tar-index.ts', 'tasks/kubernetes/bundle/archive-images.ts'],
}

test('each package has its home', () => {
  const strays = imports.filter(({ file, target }) => {
    const home = homes[target]
    return home !== undefined && !home.some((place) => file.startsWith(place))
  })
  assert.equal(strays, [])
})

test('packages that have no home here are zod and node', () => {
  const others = new Set(
    imports.map(({ target }) => target).filter((target) => !isTarget(target) && homes[target] === undefined),
  )
  assert.equal(
    [...others].filter(
      (name) =>
        !name.startsWith('node:') &&
        !['zod', 'coxswain', 'coxswain/tasks', 'coxswain/testing'].includes(name),
    ),
    [],
  )
})

/** Tasks that are tested with the one that uses them. */
const testedElsewhere = new Set(['tasks/kubernetes/pod-networks.ts'])

test('each task has a test in a file of its own', () => {
  const tasks = sources.filter(
    (file) => file.startsWith('tasks/') && readFileSync(join(root, file), 'utf8').includes('defineTask('),
  )
  assert.ok(tasks.length > 25)
  const untested = tasks.filter(
    (file) =>
      !testedElsewhere.has(file) && !existsSync(join(root, 'test', file.replace(/\.ts$/, '.test.ts'))),
  )
  assert.equal(untested, [])
})

test('standard streams are written at one place, where all text is masked once more', () => {
  const writes = /\bstd(?:out|err)\.write\(|\bconsole\.\w+\(/
  const comment = /^\s*(?:\*|\/)/
  const writers = sources.filter((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .some((line) => writes.test(line) && !comment.test(line)),
  )
  assert.equal(writers, ['engine/cli/outlets.ts'])
})
