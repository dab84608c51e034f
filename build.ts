/**
 * `npm run build`: bundles the engine, its tasks and what they need into `dist/`, as ES modules that share their chunks,
 * so that each starts with few files to read and all of them are one engine. `tsc` writes the declarations beside them.
 *
 * The tasks get a bundle of their own, `tasks.js`, without a line of the engine: errors tell by it whose code called.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'
import { publicModules } from './engine/cli/loader/public-modules.ts'

const output = 'dist'

/** Installed by npm beside the bundle: ssh2 has native parts, the other a WebAssembly file. */
const external = ['ssh2', '@swc/wasm-typescript']

const entries = {
  main: 'engine/cli/main.ts',
  loader: 'engine/cli/loader/register.ts',
  'loader-hooks': 'engine/cli/loader/hooks.ts',
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

const { metafile } = await build({
  entryPoints: entries,
  outdir: output,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  conditions: ['import'],
  chunkNames: 'chunks/[name]-[hash]',
  external,
  banner: { js: requireForCommonJs },
  metafile: true,
  plugins: [englishOnly],
  logLevel: 'warning',
})

for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
  const sources = Object.keys(inputs)
  const isTasks = file === `${output}/tasks.js`
  const strange = sources.filter((source) => source.startsWith(isTasks ? 'engine/' : 'tasks/'))
  if (strange.length > 0) throw new Error(`${file} must not hold ${strange.join(', ')}`)
}

const licenses = packagesOf(Object.keys(metafile.inputs))
  .toSorted()
  .filter((folder) => existsSync(folder))
writeFileSync(join(output, 'licenses.txt'), licenses.map(licenseOf).join(`\n${'-'.repeat(80)}\n\n`))
