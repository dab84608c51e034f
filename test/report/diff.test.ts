import * as assert from 'uvu/assert'
import { changeLines, unifiedDiff } from '../../engine/report/diff.ts'
import { suite } from '../support/spec.ts'

const test = suite('diffs')
const color = false
const numbered = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word} ${index}\n`).join('')

test('single values stand beside their name', () =>
  assert.equal(changeLines({ what: 'net.ipv4.ip_forward', from: '0', to: '1' }, { color }), [
    'net.ipv4.ip_forward: 0 → 1',
  ]))

test('what is not there is called nothing, what is empty is shown as such', () => {
  assert.equal(changeLines({ what: 'package jq', from: undefined, to: '1.7' }, { color }), [
    'package jq: nothing → 1.7',
  ])
  assert.equal(changeLines({ what: 'package jq', from: '1.7', to: undefined }, { color }), [
    'package jq: 1.7 → nothing',
  ])
  assert.equal(changeLines({ what: 'motd', from: 'hello', to: '' }, { color }), ["motd: hello → ''"])
})

test('a change without values is its name', () =>
  assert.equal(changeLines({ what: 'restart haproxy', from: undefined, to: undefined }, { color }), [
    'restart haproxy',
  ]))

test('texts of several lines become a diff under their name', () =>
  assert.equal(changeLines({ what: '/etc/hosts', from: 'a\nb\nc\n', to: 'a\nB\nc\n' }, { color }), [
    '/etc/hosts',
    '  @@ -1,3 +1,3 @@',
    '   a',
    '  -b',
    '  +B',
    '   c',
  ]))

test('a new text is all additions', () =>
  assert.equal(changeLines({ what: '/etc/motd', from: undefined, to: 'hello\n' }, { color }), [
    '/etc/motd',
    '  @@ -1,0 +1,1 @@',
    '  +hello',
  ]))

test('a very long value becomes a diff too', () =>
  assert.is(changeLines({ what: 'key', from: 'a', to: 'b'.repeat(200) }, { color })[1], '  @@ -1,1 +1,1 @@'))

test('binary data is told by size and sum', () =>
  assert.equal(changeLines({ what: '/usr/bin/etcd', from: undefined, to: '\x7fELF\0' }, { color }), [
    '/usr/bin/etcd: nothing → 5 bytes (sha256 8d70ec3a2f3f)',
  ]))

test('a diff that is too long is capped, and says by how much', () => {
  const to = Array.from({ length: 100 }, (_, index) => `line ${index}\n`).join('')
  const lines = unifiedDiff('', to, { color, limit: 10 })
  assert.is(lines.length, 11)
  assert.is(lines.at(-1), '… 91 more lines')
})

test('texts too far apart are not compared', () => {
  const [line, ...more] = unifiedDiff(numbered('a'), numbered('b'), { color })
  assert.match(line ?? '', /^rewritten: \d+ bytes \(sha256 \w{12}\) → \d+ bytes/)
  assert.equal(more, [])
})

test('equal texts give no line', () => assert.equal(unifiedDiff('a\n', 'a\n', { color }), []))
test('a final newline that is missing is told', () =>
  assert.equal(unifiedDiff('a', 'a\n', { color }), [
    '@@ -1,1 +1,1 @@',
    '-a',
    '\\ No newline at end of file',
    '+a',
  ]))
test('another end of line can be seen', () =>
  assert.equal(unifiedDiff('a\r\n', 'a\n', { color }), ['@@ -1,1 +1,1 @@', '-a␍', '+a']))
test('escape sequences in a file do not reach the terminal', () =>
  assert.equal(unifiedDiff('', '\x1b[31mred\x1b[0m\n', { color }), ['@@ -1,0 +1,1 @@', '+red']))

test('additions are green, removals red', () =>
  assert.equal(unifiedDiff('a\n', 'b\n', { color: true }), [
    '\x1b[36m@@ -1,1 +1,1 @@\x1b[39m',
    '\x1b[31m-a\x1b[39m',
    '\x1b[32m+b\x1b[39m',
  ]))
