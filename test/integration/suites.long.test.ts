/** A broken suite never passes: the test runner is tried on files that fail in different ways. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('broken suites')
const folder = folderOf(test)
const support = resolve(import.meta.dirname, '../support')

folder.write('package.json', '{ "type": "module" }')

const files: Readonly<Record<string, string>> = {
  well: "test('well', () => {})",
  before:
    "test.before(() => { throw new Error('before broke') })\ntest.after(() => { throw new Error('after, too') })\ntest('one', () => {})\ntest('two', () => {})",
  after: "test.after(() => { throw new Error('after broke') })\ntest('well', () => {})",
  'before-each': "test.beforeEach(() => { throw new Error('each broke') })\ntest('one', () => {})",
  'after-each': "test.afterEach(() => { throw new Error('each broke') })\ntest('one', () => {})",
  hangs: "test('one', () => new Promise(() => { setInterval(() => {}, 1000) }))",
  empty: '',
  exits: "test('one', () => { process.exit(0) })",
}

const run = (...names: readonly string[]): { status: number | null; said: string } => {
  const paths = names.map((name) =>
    folder.write(
      `${name}.test.ts`,
      `import { suite } from ${JSON.stringify(join(support, 'spec.ts'))}\nconst test = suite('${name}', { seconds: ${name === 'hangs' ? 0.05 : 60} })\n${files[name]}\n`,
    ),
  )
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, join(support, 'main.ts'), ...paths],
    { encoding: 'utf8', cwd: resolve(support, '../..') },
  )
  return { status, said: stdout + stderr }
}

test('each of them counts as failed, and does not affect those after it', () => {
  const { status, said } = run(...Object.keys(files))
  assert.is(status, 1, said)
  // passed: the test of `well` and the one of `after`; failed: two tests without their `before`, and one of each other
  assert.match(said, /\n2 passed, 8 failed\n$/, said)
  for (const text of [
    'before broke',
    'after broke',
    'each broke',
    'did not end within 0.05 s',
    'has no test',
  ])
    assert.match(said, text)
  assert.match(said, /exits\.test\.ts: its process ended/)
  assert.not.match(said, 'after, too')
})

test('a file without a suite fails', () => {
  const path = folder.write('none.test.ts', 'export {}\n')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, join(support, 'main.ts'), path],
    { encoding: 'utf8' },
  )
  assert.is(status, 1)
  assert.match(stdout + stderr, 'has no suite')
})
