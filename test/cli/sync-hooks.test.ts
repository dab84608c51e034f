/** Module hooks without a thread, which Node 20 does not have: tested with what Node would pass. */
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { syncHooks } from '../../engine/cli/loader/sync-hooks.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('module hooks without a thread')
const folder = folderOf(test)

const { resolve, load } = syncHooks({
  byName: { coxswain: 'file:///engine/dist/index.js' },
  bySource: { 'file:///engine/index.ts': 'file:///engine/dist/index.js' },
})

const importing = {
  conditions: ['node', 'import'],
  importAssertions: {},
  importAttributes: {},
  parentURL: undefined,
}
const requiring = { ...importing, conditions: ['node', 'require'] }

const missing = (specifier: string): Error =>
  Object.assign(new Error(`Cannot find ${specifier}`), { code: 'ERR_MODULE_NOT_FOUND' })

/** Finds these files only. */
const finds =
  (...found: string[]) =>
  (specifier: string) => {
    if (!found.includes(specifier)) throw missing(specifier)
    return { url: new URL(specifier, 'file:///engine/').href }
  }

test('a public module is that of the running engine, by its name and by its source', () => {
  assert.is(resolve('coxswain', importing, finds()).url, 'file:///engine/dist/index.js')
  assert.is(resolve('./index.ts', importing, finds('./index.ts')).url, 'file:///engine/dist/index.js')
  assert.is(resolve('./other.ts', importing, finds('./other.ts')).url, 'file:///engine/other.ts')
})

test('what is required is found as without hooks', () => {
  assert.throws(() => resolve('coxswain', requiring, finds()), 'Cannot find coxswain')
  assert.is(resolve('coxswain', requiring, finds('coxswain')).url, 'file:///engine/coxswain')
})

test('an import of the file that a compiler would write finds its source', () => {
  assert.is(resolve('./vars.js', importing, finds('./vars.ts')).url, 'file:///engine/vars.ts')
  assert.is(resolve('./vars.js', importing, finds('./vars.js', './vars.ts')).url, 'file:///engine/vars.js')
  assert.throws(() => resolve('vars.js', importing, finds('vars.ts')), 'Cannot find vars.js')
})

test('an error has the place of the import', () => {
  const site = folder.write('importing.ts', "import a from 'a'\nimport vars from './vars.js'\n")
  const parentURL = pathToFileURL(site).href
  let caught: unknown
  try {
    resolve('./vars.js', { ...importing, parentURL }, finds())
  } catch (error) {
    caught = error
  }
  assert.equal(caught instanceof Error && caught.stack?.split('\n').slice(0, 2), [
    'Error: Cannot find ./vars.js',
    `    at ${parentURL}:2:18`,
  ])
})

test('TypeScript is loaded without its types, other modules as without hooks', () => {
  const context = { ...importing, format: undefined }
  const next = (url: string) => ({ format: 'module' as const, source: url, shortCircuit: false })
  const url = pathToFileURL(folder.write('site.ts', 'export const port: number = 80\n')).href
  assert.equal(load(url, context, next), {
    format: 'module',
    source: 'export const port         = 80\n',
    shortCircuit: true,
  })
  assert.is(load('file:///site.js', context, next).source, 'file:///site.js')
  assert.is(load('data:text/plain,x.ts', context, next).source, 'data:text/plain,x.ts')
})
