import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { changeLines, unifiedDiff } from '../../engine/report/diff.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('diffs')
const color = false
const folder = folderOf(test)
const numbered = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word} ${index}\n`).join('')

test('single values are on the line of their name', () =>
  assert.equal(changeLines({ what: 'net.ipv4.ip_forward', from: '0', to: '1' }, { color }), [
    'net.ipv4.ip_forward: 0 → 1',
  ]))

test("a missing value is shown as nothing, an empty one as ''", () => {
  assert.equal(changeLines({ what: 'package jq', from: undefined, to: '1.7' }, { color }), [
    'package jq: nothing → 1.7',
  ])
  assert.equal(changeLines({ what: 'package jq', from: '1.7', to: undefined }, { color }), [
    'package jq: 1.7 → nothing',
  ])
  assert.equal(changeLines({ what: 'motd', from: 'hello', to: '' }, { color }), ["motd: hello → ''"])
})

test('a change without values is only its name', () =>
  assert.equal(changeLines({ what: 'restart haproxy', from: undefined, to: undefined }, { color }), [
    'restart haproxy',
  ]))

test('texts of several lines become a diff below their name', () =>
  assert.equal(changeLines({ what: '/etc/hosts', from: 'a\nb\nc\n', to: 'a\nB\nc\n' }, { color }), [
    '/etc/hosts',
    '  @@ -1,3 +1,3 @@',
    '   a',
    '  -b',
    '  +B',
    '   c',
  ]))

test('a created or removed text is compared with /dev/null, an empty text is not', () => {
  const lines = (from: string | undefined, to: string | undefined): string[] =>
    changeLines({ what: '/etc/motd', from, to }, { color })
  assert.equal(lines(undefined, 'hello\n'), [
    '/etc/motd',
    '  --- /dev/null',
    '  +++ /etc/motd',
    '  @@ -0,0 +1 @@',
    '  +hello',
  ])
  assert.equal(lines('a\nb\n', undefined), [
    '/etc/motd',
    '  --- /etc/motd',
    '  +++ /dev/null',
    '  @@ -1,2 +0,0 @@',
    '  -a',
    '  -b',
  ])
  assert.equal(lines('', 'hello\n'), ['/etc/motd', '  @@ -0,0 +1 @@', '  +hello'])
})

const counted = (...numbers: readonly number[]): string => numbers.map((n) => `${n}\n`).join('')
const texts: readonly (readonly [string | undefined, string | undefined])[] = [
  [undefined, counted(1)],
  [undefined, counted(1, 2, 3)],
  [counted(1), undefined],
  [counted(1, 2), undefined],
  ['', counted(1, 2)],
  [counted(1, 2), ''],
  [counted(1), counted(2)],
  [counted(1, 2, 3, 4, 5, 6, 7, 8, 9), counted(1, 2, 3, 4, 55, 6, 7, 8, 9)],
  [counted(1, 2, 3, 4, 5, 6, 7, 8, 9), counted(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)],
  [counted(1, 2, 3, 4, 5, 6, 7, 8, 9), counted(0, 1, 2, 3, 4, 5, 6, 7, 8)],
  [counted(1, 2), '1\n2'],
  [undefined, '1\n2'],
]
for (const [from, to] of texts) {
  test(`diff -u has the same output: ${JSON.stringify(from)} → ${JSON.stringify(to)}`, () => {
    const [old, next] = [from, to].map((text, at) =>
      text === undefined ? '/dev/null' : folder.write(`${at}`, text),
    )
    const labels = [from, to].flatMap((text) => ['--label', text === undefined ? '/dev/null' : 'name'])
    const { stdout } = spawnSync('diff', ['-u', ...labels, `${old}`, `${next}`], { encoding: 'utf8' })
    const theirs = stdout.split('\n').slice(from === undefined || to === undefined ? 0 : 2, -1)
    assert.ok(theirs.length > 0)
    assert.equal(
      changeLines({ what: 'name', from, to }, { color })
        .slice(1)
        .map((line) => line.slice(2)),
      theirs,
    )
  })
}

test('a very long value also becomes a diff', () =>
  assert.is(changeLines({ what: 'key', from: 'a', to: 'b'.repeat(200) }, { color })[1], '  @@ -1 +1 @@'))

test('binary data is shown as size and checksum', () =>
  assert.equal(changeLines({ what: '/usr/bin/etcd', from: undefined, to: '\x7fELF\0' }, { color }), [
    '/usr/bin/etcd: nothing → 5 bytes, sha256 8d70ec3a2f3f…',
  ]))

test('a diff that is too long is truncated, with the number of further lines', () => {
  const to = Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join('')
  const lines = unifiedDiff('', to, { color, limit: 10 })
  assert.is(lines.length, 11)
  assert.is(lines.at(-1), '… 91 more lines')
})

test('texts that differ too much are not compared', () => {
  const [line, ...more] = unifiedDiff(numbered('a'), numbered('b'), { color })
  assert.match(line ?? '', /^rewritten: \d+ bytes, sha256 \w{12}… → \d+ bytes/)
  assert.equal(more, [])
})

test('equal texts give no line', () => assert.equal(unifiedDiff('a\n', 'a\n', { color }), []))
test('a missing final newline is shown', () =>
  assert.equal(unifiedDiff('a', 'a\n', { color }), [
    '@@ -1 +1 @@',
    '-a',
    '\\ No newline at end of file',
    '+a',
  ]))
test('a change of line endings is visible', () =>
  assert.equal(unifiedDiff('a\r\n', 'a\n', { color }), ['@@ -1 +1 @@', '-a␍', '+a']))
test('escape sequences in a file do not reach the terminal', () =>
  assert.equal(unifiedDiff('', '\x1b[31mred\x1b[0m\n', { color }), ['@@ -0,0 +1 @@', '+red']))

test('additions are green, removals red', () =>
  assert.equal(unifiedDiff('a\n', 'b\n', { color: true }), [
    '\x1b[36m@@ -1 +1 @@\x1b[39m',
    '\x1b[31m-a\x1b[39m',
    '\x1b[32m+b\x1b[39m',
  ]))
