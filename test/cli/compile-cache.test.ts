import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import nodeModule from 'node:module'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../support/compiled.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('compiled code between runs')
const folder = folderOf(test)

const isSupported = 'enableCompileCache' in nodeModule

const start = (cache: string, env: Readonly<Record<string, string>> = {}): void => {
  const { status, stderr } = spawnSync(process.execPath, [compiledProgram(), '--help'], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache, ...env },
    encoding: 'utf8',
  })
  assert.equal([status, stderr], [0, ''])
}

const filesIn = (path: string): string[] =>
  existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : []

test('is kept in a folder of the user, if Node can do so', () => {
  const cache = folder.at('kept')
  start(cache)
  const compiled = join(cache, 'coxswain/compiled')
  assert.is(filesIn(compiled).length > 1, isSupported)
  if (isSupported) assert.is(statSync(compiled).mode & 0o777, 0o700)
})

test('is neither kept nor used in a folder that others can write to', () => {
  const cache = folder.at('open')
  const compiled = join(cache, 'coxswain/compiled')
  mkdirSync(compiled, { recursive: true })
  chmodSync(compiled, 0o777)
  start(cache)
  assert.equal(filesIn(compiled), [])
})

test('is not kept where coverage is measured', () => {
  const cache = folder.at('measured')
  start(cache, { NODE_V8_COVERAGE: folder.at('coverage') })
  assert.equal(filesIn(join(cache, 'coxswain/compiled')), [])
})
