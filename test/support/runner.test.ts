/** The test runner, run on files in a folder: what is skipped, what is selected, what fails in CI. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { folderOf } from './folder.ts'
import { suite } from './spec.ts'

const test = suite('the test runner')
const folder = folderOf(test)

folder.write('package.json', '{ "type": "module" }')
const file = (name: string, options: string, lines: readonly string[]): string =>
  folder.write(
    `${name}.test.ts`,
    [
      `import { suite } from ${JSON.stringify(join(import.meta.dirname, 'spec.ts'))}`,
      `const test = suite('${name}'${options})`,
      ...lines,
      '',
    ].join('\n'),
  )

/** Runs `main.ts` without a program that could install packages. */
const run = (
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, 'main.ts'), ...words],
    {
      encoding: 'utf8',
      cwd: resolve(import.meta.dirname, '../..'),
      env: { ...process.env, CI: '', COXSWAIN_TEST_FILTER: undefined, PATH: folder.path, ...environment },
    },
  )
  return { status, said: stdout + stderr }
}

const plain = file('plain', '', ["test('works', () => {})", "test('works well', () => {})"])
const shells = file('shells', ", { needs: ['fish'] }", [
  "test.before(() => { throw new Error('before must not run') })",
  "test('speaks fish', () => { throw new Error('must not run') })",
  "test('speaks both', { needs: ['zsh'] }, () => { throw new Error('must not run') })",
])
const focused = file('focused', '', [
  "test('aside', () => { throw new Error('must not run') })",
  "test.only('in focus', () => {})",
])
test('missing needs are named before the tests, and skipped tests counted after', () => {
  const { status, said } = run([plain, shells])
  assert.is(status, 0, said)
  assert.match(said, /^tests: this machine lacks fish, zsh .*; tests that need them are skipped\n/, said)
  assert.match(said, /\n2 skipped: 1 need fish; 1 need fish, zsh\n2 passed, 0 failed\n$/, said)
})

test('in CI a test with missing needs fails', () => {
  const { status, said } = run([plain, shells], { CI: 'true' })
  assert.is(status, 1, said)
  assert.match(said, 'tests that need them fail')
  assert.match(said, 'not skipped in CI: need fish, zsh')
  assert.match(said, /\n2 passed, 2 failed\n$/, said)
  assert.not.match(said, 'must not run')
})

test('a run that skips all tests fails', () => {
  const { status, said } = run([shells])
  assert.is(status, 1, said)
  assert.match(said, /\n2 skipped: .*\n0 passed, 0 failed\n$/, said)
})

test('a title with a refused word fails, also one from a table', () => {
  const titled = file('titled', '', [
    "for (const name of ['nobody', 'the user `nobody`']) test(`refuses ${name}`, () => {})",
  ])
  const { status, said } = run([titled])
  rmSync(titled)
  assert.is(status, 1, said)
  assert.match(said, /the title has a word that word-list\.ts refuses: "titled: refuses nobody" → no one/)
  assert.match(said, /\n1 passed, 1 failed\n$/, said)
})

test('failed tests are listed at the end, also one that would never run', () => {
  const late = file('late', '', [
    "test('works', () => {})",
    "test('does not', () => { throw new Error('it fails') })",
    'await new Promise((done) => setTimeout(done, 1))',
    "test('comes late', () => {})",
  ])
  const { status, said } = run([plain, late])
  rmSync(late)
  assert.is(status, 1, said)
  assert.match(
    said,
    /\nFAILED: .*late\.test\.ts: late: comes late\nFAILED: .*late\.test\.ts: late: does not\n3 passed, 2 failed\n$/,
  )
})

test('a test marked only runs alone in its file, and fails in CI', () => {
  const alone = run([focused])
  assert.is(alone.status, 0, alone.said)
  assert.match(alone.said, /\n1 skipped: 1 beside a test marked only\n1 passed, 0 failed\n$/, alone.said)
  const ci = run([focused], { CI: '1' })
  assert.is(ci.status, 1, ci.said)
  assert.match(ci.said, /\n0 passed, 2 failed\n$/, ci.said)
  assert.match(ci.said, 'marked with only')
})

test('a filter selects by "suite: test", as text or regular expression; a path replaces kinds', () => {
  for (const [filter, passed] of [
    ['plain: works', 2],
    ['/^PLAIN: .*well$/i', 1],
  ] as const) {
    const { status, said } = run(['unit', 'integration', plain, focused, '--filter', filter])
    assert.is(status, 0, said)
    assert.match(said, `\n${passed} passed, 0 failed\n`, said)
  }
  const { status, said } = run([plain, '--filter', 'nothing of that name'])
  assert.is(status, 1, said)
  assert.match(said, 'no test that runs here matches nothing of that name')
  assert.match(run(['no/such/folder']).said, '"no/such/folder" is not a file, a folder or a kind of test')
  assert.match(
    run([folder.path]).said,
    /\n2 skipped: .*\n3 passed, 0 failed\n|\n3 skipped: .*\n3 passed, 0 failed\n/,
  )
})
