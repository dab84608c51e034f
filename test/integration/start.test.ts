/** What is loaded when the command line starts: what is not needed for `--help` must not slow it down. */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../support/compiled.ts'
import { suite } from '../support/spec.ts'

const test = suite('the start of the command line')

const dist = join(dirname(compiledProgram()), '../dist')

/** The texts of a bundle's file and of all that it imports at once, by path. */
const loadedWith = (file: string, seen = new Map<string, string>()): ReadonlyMap<string, string> => {
  if (seen.has(file)) return seen
  const text = readFileSync(file, 'utf8')
  seen.set(file, text)
  for (const [, from = ''] of text.matchAll(/^(?:import|export)[^;'"]*?(?:from )?"(\.[^"]+)"/gm))
    loadedWith(resolve(dirname(file), from), seen)
  return seen
}

/** The sources in a file of the bundle, as esbuild names them in comments. */
const sourcesIn = (text: string): string[] =>
  [...text.matchAll(/^\/\/ (\S+\.[cm]?[jt]s)$/gm)].map(([, name = '']) => name)

test('--help loads less than 260 KB: no schemas, no tasks, no ssh, no reporters', () => {
  const files = loadedWith(join(dist, 'main.js'))
  assert.ok(files.size > 3, [...files.keys()].join(', '))
  const sources = [...files.values()].flatMap(sourcesIn)
  assert.ok(sources.includes('engine/cli/parse.ts'))
  assert.equal(
    sources.filter((name) =>
      /node_modules\/(?:zod|yaml|listr2|tar|zx)\/|^tasks\/|^engine\/(?:dsl\/task|connection\/ssh|report\/(?:tree|plain|json|junit|html))/.test(
        name,
      ),
    ),
    [],
  )
  const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  assert.ok(bytes < 260_000, `${bytes} bytes`)
})
