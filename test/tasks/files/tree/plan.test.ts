import * as assert from 'uvu/assert'
import type { LocalEntry } from '../../../../tasks/files/tree/local-tree.ts'
import { planTree } from '../../../../tasks/files/tree/plan.ts'
import { parseTree } from '../../../../tasks/files/tree/remote-tree.ts'
import type { RemoteEntry } from '../../../../tasks/files/tree/remote-tree.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('plan for a folder')

const sum = 'a'.repeat(64)
const file = (path: string, change: Partial<RemoteEntry> = {}): LocalEntry & { kind: 'file' } => ({
  kind: 'file',
  path,
  mode: 0o644,
  size: 3,
  sha256: sum,
  ...(change.sha256 !== undefined && { sha256: change.sha256 }),
})
const there = (change: Partial<RemoteEntry> = {}): RemoteEntry => ({
  kind: 'file',
  mode: 0o644,
  size: 3,
  uid: 5,
  gid: 6,
  owner: 'ann',
  group: 'users',
  sha256: sum,
  ...change,
})
const root: LocalEntry = { kind: 'directory', path: '.', mode: 0o755 }
const plan = (
  local: readonly LocalEntry[],
  entries: Readonly<Record<string, RemoteEntry>>,
  wishes: { owner?: string; mode?: string; delete?: boolean } = {},
  all: readonly string[] = [],
) =>
  planTree(
    [root, ...local],
    {
      uid: 0,
      gid: 0,
      entries: new Map(Object.entries({ '.': there({ kind: 'directory' }), ...entries })),
      all,
    },
    { dest: '/d', delete: false, ...wishes },
  )

test('a replaced entry keeps its owner, a new one belongs to the acting user', () => {
  const { send } = plan([file('./a'), file('./b')], { './a': there({ sha256: 'b'.repeat(64) }) })
  assert.equal(
    send.map(({ entry, uid, gid }) => [entry.path, uid, gid]),
    [
      ['./a', 5, 6],
      ['./b', 0, 0],
    ],
  )
})

test('a change of only mode or owner sends nothing', () => {
  const made = plan([file('./a')], { './a': there({ mode: 0o600 }) }, { owner: 'bob' })
  assert.equal(made.send, [])
  assert.equal([...made.modes], [['00644', ['./a']]])
  assert.equal(made.owners, ['.', './a'])
  assert.equal(made.changes.at(-1), { what: 'mode of /d/a', from: '0600', to: '0644' })
  assert.equal(plan([file('./a')], { './a': there() }, { owner: '5' }).changes, [])
})

test('mode bits that chown clears are set again', () => {
  const made = plan([file('./a')], { './a': there({ mode: 0o4755 }) }, { owner: 'bob', mode: '4755' })
  assert.equal([...made.modes], [['04755', ['./a']]])
})

test('for a removed folder, only the folder is listed', () => {
  const all = ['./a', './old', './old/x', './old/x/y']
  assert.equal(plan([file('./a')], { './a': there() }, { delete: true }, all).remove, ['./old'])
  assert.equal(plan([file('./a')], { './a': there() }, {}, all).remove, [])
})

test('many changes are summed up as a number', () => {
  const { changes, send } = plan(
    Array.from({ length: 60 }, (_, n) => file(`./${n}`)),
    {},
  )
  assert.is(send.length, 60)
  assert.is(changes.length, 51)
  assert.equal(changes.at(-1), { what: '10 more in /d', to: 'as on this machine' })
})

test('output of a host is read in batches, whatever the names contain', () => {
  const paths = ['.', './a\nb', './c', './d', './e']
  const text = [
    '0 0\ndf\n755 0 0 4096 root root\n4644 5 6 3 ann UNKNOWN\n',
    `${sum}  -\n`,
    'l-o\nto\nthere\n.\0',
    'all:\n.\0./a\nb\0',
  ].join('')
  const tree = parseTree(text, paths)
  assert.equal(
    [...(tree.entries ?? [])].map(([path, { kind }]) => [path, kind]),
    [
      ['.', 'directory'],
      ['./a\nb', 'file'],
      ['./c', 'link'],
      ['./e', 'other'],
    ],
  )
  assert.is(tree.entries?.get('./a\nb')?.mode, 0o4644)
  assert.is(tree.entries?.get('./c')?.target, 'to\nthere')
  assert.equal(tree.all, ['./a\nb'])
  assert.is(parseTree('0 0\n', paths).entries, undefined)
})

test('incomplete output is an error', () => {
  for (const text of [
    '',
    '0 0\nff\n',
    `0 0\nf\n644 0 0 3 root root\nno sum\n`,
    '0 0\nf\n644 0 0\n',
    '0 0\n-rubbish',
  ])
    assert.throws(() => parseTree(text, ['./a']), /the folder changed while/)
})
