import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/spec.ts'

const test = suite('a Node that is too old')

const bin = resolve(import.meta.dirname, '../../../bin/run.js')

const startedWith = (version: string) => {
  const code = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require('${bin}')`
  return spawnSync(process.execPath, ['-e', code, 'run', '--version'], { encoding: 'utf8' })
}

for (const version of ['0.10.48', '8.17.0', '18.20.8', '20.18.3']) {
  test(`${version} gets one sentence, with the required version`, () => {
    const { status, stdout, stderr } = startedWith(version)
    assert.is(stderr, `Coxswain needs Node.js 20.19 or later; this is ${version}.\n`)
    assert.is(stdout, '')
    assert.is(status, 1)
  })
}

test('any Node can parse the file that says so', () => {
  const code = readFileSync(bin, 'utf8').replaceAll(/\/\/.*|\/\*.*?\*\//g, '')
  assert.not.match(code, /=>|`|\b(?:import|export|const|let|await|async|class)\b/)
})
