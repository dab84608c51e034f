import { createHash } from 'node:crypto'
import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { ScriptedFile } from '../../../engine/testing.ts'
import { copy } from '../../../tasks/files/copy.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('copy')

const folder = folderOf(test)

test('bytes are copied unchanged, and shown by their sums', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128])
  const task = copy({ src: folder.write('bytes', bytes), dest: '/opt/bytes', mode: '0755' })
  const run = await rehearse(task, {})
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(Buffer.from(run.files.get('/opt/bytes')?.content ?? ''), bytes)
  assert.match(String(run.changes[0]?.to), /^5 bytes, sha256 [0-9a-f]{12}…$/)
  const same = await rehearse(task, { files: { '/opt/bytes': { content: bytes, mode: '0644' } } })
  assert.equal(
    same.changes.map(({ what }) => what),
    ['mode of /opt/bytes'],
  )
  assert.match(
    String((await rehearse(copy({ src: folder.at('none'), dest: '/x' }), {})).error),
    'cannot read',
  )
})

test('text that every user can read is shown, text that could be a key is not', async () => {
  const src = folder.write('text', 'new\n')
  const reported = async (here: number, there: string, mode?: string): Promise<unknown[]> => {
    chmodSync(src, here)
    const files = { '/opt/text': { content: 'old\n', mode: there } }
    const { changes } = await rehearse(copy({ src, dest: '/opt/text', ...(mode && { mode }) }), { files })
    return [changes[0]?.from, changes[0]?.to]
  }
  assert.equal(await reported(0o644, '0644'), ['old\n', 'new\n'])
  const sums = /^4 bytes, sha256 /
  for (const hidden of [
    await reported(0o600, '0644'),
    await reported(0o644, '0600'),
    await reported(0o644, '0644', '0640'),
  ])
    for (const one of hidden) assert.match(String(one), sums)
  chmodSync(src, 0o644)
  assert.equal((await rehearse(copy({ src, dest: '/x' }), {})).changes, [{ what: '/x', to: 'new\n' }])
})

test('a folder: one query, and the acting user if it does not exist; one stream, and none if everything is up to date', async () => {
  const src = folder.at('tree')
  folder.write('tree/a', 'a')
  folder.write('tree/sub/b', 'b')
  for (const path of ['.', 'sub']) chmodSync(`${src}/${path}`, 0o755)
  for (const path of ['a', 'sub/b']) chmodSync(`${src}/${path}`, 0o644)
  const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
  const all = [
    '0 0\ndfdf\n755 0 0 9 root root\n644 0 0 1 root root\n755 0 0 9 root root\n644 0 0 1 root root\n',
    `${sumOf('a')}  ./a\n${sumOf('b')}  ./sub/b\n`,
  ].join('')
  let has = false
  const who = [/^echo "\$\(id -u\) \$\(id -g\)"$/, '0 0\n'] as const
  const looking = [
    sentPattern('tasks/files/tree/list.sh'),
    () => (has ? { stdout: all } : { code: 3 }),
  ] as const
  const sending = [
    /^tar -xpmf -$/,
    (_: unknown, files: Map<string, ScriptedFile>) => {
      has = files.has('/d')
      return ''
    },
  ] as const
  const run = await rehearse(copy({ src, dest: '/d' }), { patterns: [who, looking, sending] })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.check.length, 2)
  assert.equal(
    run.changes.map(({ what }) => what),
    ['/d', '/d/a', '/d/sub', '/d/sub/b'],
  )
  const well = { files: { '/d': { content: '', type: 'directory' as const } }, patterns: [looking] }
  const same = await rehearse(copy({ src, dest: '/d' }), well)
  assert.is(same.outcome, 'ok', String(same.error))
})

test('parameters that do not apply to the source', async () => {
  const refused = async (given: Parameters<typeof copy>[0]): Promise<string> =>
    String((await rehearse(copy(given), {})).error)
  assert.match(await refused({ src: folder.path, dest: '/x', backup: true }), 'work for single files only')
  assert.match(await refused({ src: folder.write('f', 'x'), dest: '/x', delete: true }), 'is not a folder')
  assert.match(
    await refused({ src: folder.write('f', 'x'), dest: '/x/' }),
    'is not a folder: dest must not end with a slash',
  )
  assert.throws(() => copy({ src: 'x', dest: '/x', directoryMode: '9' }), /directoryMode/)
})

test('without overwrite, the content of a file that exists stays; a folder cannot have that', async () => {
  const src = folder.write('keep/new', 'new\n')
  const task = copy({ src, dest: '/etc/x', mode: '0600', overwrite: false })
  assert.is(String((await rehearse(task, {})).files.get('/etc/x')?.content), 'new\n')
  const there = await rehearse(task, { files: { '/etc/x': 'mine\n' } })
  assert.equal(there.changes, [{ what: 'mode of /etc/x', from: '0644', to: '0600' }])
  assert.is(String(there.files.get('/etc/x')?.content), 'mine\n')
  const all = await rehearse(copy({ src: folder.at('keep'), dest: '/etc/x', overwrite: false }), {})
  assert.match(String(all.error), 'overwrite=false work for single files only')
})

test('without overwrite, a folder at the path of a file is an error', async () => {
  const task = copy({ src: folder.write('single', 'new\n'), dest: '/etc', mode: '0600', overwrite: false })
  const run = await rehearse(task, { files: { '/etc/x': 'mine\n' } })
  assert.is(run.outcome, 'failed')
  assert.equal([run.changes, run.commands.apply], [[], []])
})
