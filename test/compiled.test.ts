/** Tests of the compiled command line fail at once if it is not compiled. */
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { compiledProgram } from './support/compiled.ts'
import { folderOf } from './support/folder.ts'
import { suite } from './support/spec.ts'

const test = suite('the compiled command line')
const folder = folderOf(test)

test('without it, an error says what to run', () => {
  assert.throws(
    () => compiledProgram(folder.at('nothing')),
    /dist\/main\.js does not exist: run `npm run build` first/,
  )
})

test('with it, it is the program that users start', () => {
  folder.write('tree/dist/main.js', '')
  assert.is(basename(compiledProgram(folder.at('tree'))), 'run.js')
})
