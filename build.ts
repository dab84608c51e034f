/**
 * `npm run build`: bundles the engine, its tasks and what they need into `dist/`, as ES modules that share their chunks,
 * so that each starts with few files to read and all of them are one engine. `tsc` writes the declarations beside them,
 * which get the descriptions of the tasks' parameters.
 *
 * The tasks get a bundle of their own, `tasks.js`, without a line of the engine: errors tell by it whose code called.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import type { BuildOptions, Plugin } from 'esbuild'
import { withHoverDocs } from './engine/cli/docs/hover-docs.ts'
import { paramNamesIn } from './engine/cli/docs/param-names.ts'
import { documentedTasks } from './engine/cli/docs/task-docs.ts'
import { publicModules } from './engine/cli/loader/public-modules.ts'
import { readShellFile } from './engine/shell-file.ts'
import * as library from './tasks/index.ts'

const output = 'dist'

/** Installed by npm beside the bundle: ssh2 has native parts, the others are loaded by `require` when they are needed. */
const external = ['ssh2', '@swc/wasm-typescript', 'handlebars']

const entries = {
  main: 'engine/cli/start.ts',
  ...Object.fromEntries(
    publicModules.map(({ source, bundled }) => [bundled.slice(`${output}/`.length, -'.js'.length), source]),
  ),
}

/** CommonJS in a bundle of ES modules asks for Node's own modules with `require`. */
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

/**
 * zod comes with its messages in 50 languages, a seventh of all that is loaded; English, the default, is bundled. Playbooks
 * that want another language import `zod` themselves.
 */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: (builder) => {
    builder.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

/**
 * The build of `yaml` in ES modules, in place of its CommonJS: only what is used is bundled. It reads `!!binary` as `Uint8Array`,
 * not as `Buffer`.
 */
const yamlModules: Plugin = {
  name: 'yaml-modules',
  setup: (builder) => {
    builder.onResolve({ filter: /^yaml$/ }, () => ({
      path: resolve('node_modules/yaml/browser/dist/index.js'),
      sideEffects: false,
    }))
    builder.onResolve({ filter: /^\./, namespace: 'file' }, ({ path, resolveDir }) =>
      resolveDir.includes('/yaml/browser/dist')
        ? { path: resolve(resolveDir, path), sideEffects: false }
        : undefined,
    )
  },
}

/** The sources of the engine, by path. */
const sourcesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [resolve(folder, name), readFileSync(join(folder, name), 'utf8')]),
  )

/**
 * What the command line loads when it needs it: modules that are imported with `import()`. Nothing else loads them.
 */
const partsOfCommandLine: ReadonlySet<string> = new Set(
  ['engine/cli', 'engine/connection', 'engine/report'].flatMap((folder) =>
    [...sourcesIn(folder)].flatMap(([path, source]) =>
      [...source.matchAll(/^(?! \*).*\bimport\('(\..+\.ts)'\)/gm)].flatMap(([, specifier = '']) =>
        resolve(dirname(path), specifier),
      ),
    ),
  ),
)

/** The paths of parts, from their names below a folder. */
const partsAt = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => resolve(folder, `${name}.ts`))

/** The parts that most commands load. */
const smallParts = partsAt('engine/cli', [
  'completion/completion',
  'help/help',
  'help/list',
  'project/open-project',
])

/** The parts that load most of the engine. Beside what they share, they are small. */
const largeParts = partsAt('engine/cli', [
  'completion/playbook-names',
  'docs/docs',
  'docs/param-names',
  'doctor/doctor',
  'inventory/inventory',
  'session/run',
  'validate/validate',
])

/** Parts that load one of those, and modules that they do without. */
const laterParts = [
  ...partsAt('engine/connection', ['ssh/client']),
  ...partsAt('engine/cli', [
    'facts/facts',
    'inventory/schema',
    'project/hooks',
    'session/connector',
    'session/exec',
    'session/list-connected',
    'session/run-planned',
    'template/print-template',
  ]),
  ...partsAt('engine/report', ['html/reporter', 'json', 'junit', 'plain', 'tree']),
]

const needLargeParts: ReadonlySet<string> = new Set([...largeParts, ...laterParts])

/**
 * Modules that are loaded before a part, or with it. The bundle says so with imports: esbuild makes a chunk for each set of
 * entries that load the same modules, and a start takes the longer the more files it reads.
 */
const loadedWith = (path: string): readonly string[] => {
  if (!partsOfCommandLine.has(path)) return []
  return [resolve(entries.main), ...smallParts, ...(needLargeParts.has(path) ? largeParts : [])]
}

/** The programs of shell files are put into the calls of `shellFile`, so that nothing is read when the bundle runs. */
const shellFiles: Plugin = {
  name: 'shell-files',
  setup: (builder) => {
    builder.onLoad({ filter: /\/(?:engine|tasks)\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const contents = source.replaceAll(
        /^(?! \*)(.*)\bshellFile\(import\.meta\.url, '([^']+)'\)/gm,
        (_, before: string, name: string) =>
          `${before}shellFile(import.meta.url, '${name}', ${JSON.stringify(readShellFile(new URL(name, pathToFileURL(path))))})`,
      )
      const added = loadedWith(path).map((other) => `;import ${JSON.stringify(other)}`)
      return { contents: contents + added.join(''), loader: 'ts' }
    })
  },
}

/** The folders of the packages that these files are of. */
const packagesOf = (files: readonly string[]): string[] => [
  ...new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])),
]

/** The license of a package, under its name. */
const licenseOf = (folder: string): string => {
  const { name, version, license }: Record<string, unknown> = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  )
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`
  return `${String(name)} ${String(version)} (${String(license)})${text}\n`
}

const options = {
  outdir: output,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  conditions: ['import'],
  // Node reads half as many bytes. Names stay, and lines: both are in stack traces
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 200,
  external,
  banner: { js: requireForCommonJs },
  metafile: true,
  plugins: [englishOnly, yamlModules, shellFiles],
  logLevel: 'warning',
} as const satisfies BuildOptions

const { metafile } = await build({
  ...options,
  entryPoints: entries,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
})

// one file each: the cache comes before all others, the hooks run on a thread, and `bench/scale` uses the loader alone
await build({
  ...options,
  entryPoints: {
    'compile-cache': 'engine/cli/compile-cache.ts',
    loader: 'engine/cli/loader/register.ts',
    'loader-hooks': 'engine/cli/loader/hooks.ts',
  },
})

for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
  const sources = Object.keys(inputs)
  const isTasks = file === `${output}/tasks.js`
  const strange = sources.filter((source) => source.startsWith(isTasks ? 'engine/' : 'tasks/'))
  if (strange.length > 0) throw new Error(`${file} must not hold ${strange.join(', ')}`)
}

/** For tests of what a start loads: the bytes of each file, what it imports at once, and the sources in it. */
const contents = Object.entries(metafile.outputs).map(([file, { bytes, imports, inputs }]) => [
  file,
  {
    bytes,
    imports: imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path),
    sources: Object.keys(inputs),
  },
])
writeFileSync(join(output, 'contents.json'), JSON.stringify(Object.fromEntries(contents)))

for (const file of Object.keys(metafile.outputs).filter((name) => name.endsWith('.js'))) {
  const [call] = /shellFile\(\s*import\.meta\.url,\s*"[^"]+"\s*\)/.exec(readFileSync(file, 'utf8')) ?? []
  if (call !== undefined) throw new Error(`${file} has a shell file without its text: ${call}`)
}

const licenses = packagesOf(Object.keys(metafile.inputs))
  .toSorted()
  .filter((folder) => existsSync(folder))
writeFileSync(join(output, 'licenses.txt'), licenses.map(licenseOf).join(`\n${'-'.repeat(80)}\n\n`))

/** For completion, which starts without the tasks. */
writeFileSync(join(output, 'param-names.json'), JSON.stringify(paramNamesIn(library)))

/** Descriptions of parameters, into the declarations of tasks. */
const tasks = new Map(documentedTasks(library).map(({ exported, info }) => [exported, info]))
const declarations = join(output, 'types/tasks')
for (const name of readdirSync(declarations, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const file = join(declarations, name)
  const documented = withHoverDocs(
    { text: readFileSync(file, 'utf8'), map: readFileSync(`${file}.map`, 'utf8') },
    tasks,
  )
  writeFileSync(file, documented.text)
  writeFileSync(`${file}.map`, documented.map)
}
