import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { memberPath, membersBelow } from '../../../../tasks/files/unpack/member.ts'
import type { RawMember } from '../../../../tasks/files/unpack/member.ts'
import { tarIndex } from '../../../../tasks/files/unpack/tar-index.ts'
import { membersFrom, withSums } from '../../../../tasks/files/unpack/tar-listing.ts'
import { folderOf } from '../../../support/folder.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('indexes of archives')
const folder = folderOf(test)

const long = `${'d'.repeat(120)}/${'ü'.repeat(80)}`
const file = (name: string, size: number): RawMember => ({ name, kind: 'file', size, target: '' })
const other = (name: string, same: string): RawMember => ({
  name,
  kind: 'file',
  size: undefined,
  target: '',
  same,
})
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const holding = (name: string, text: string): RawMember => ({
  ...file(name, Buffer.byteLength(text)),
  sha256: sumOf(text),
})
const directory = (name: string): RawMember => ({ name, kind: 'directory', size: 0, target: '' })
const link = (name: string, target: string): RawMember => ({ name, kind: 'link', size: 0, target })

test.before(() => {
  folder.write('in/a b', 'x'.repeat(1000))
  folder.write('in/empty', '')
  folder.write('in/new\nline', '1')
  folder.write(`in/${long}`, '22')
  mkdirSync(folder.at('in/dir'))
  symlinkSync('t'.repeat(150), folder.at('in/link'))
})
const names = ['a b', 'empty', 'new\nline', 'dir', long, 'link']
const expected = [
  holding('a b', 'x'.repeat(1000)),
  holding('empty', ''),
  holding('new\nline', '1'),
  directory('dir/'),
  holding(long, '22'),
  link('link', 't'.repeat(150)),
]
const made = (...options: readonly string[]): Buffer =>
  execFileSync('tar', ['-c', ...options, '-C', folder.at('in'), '--', ...names], { maxBuffer: 1e9 })

const index = (bytes: Buffer): Promise<RawMember[]> => tarIndex(folder.write('archive', bytes))

/** The error for an archive. */
const said = (bytes: Buffer): Promise<string> =>
  index(bytes).then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  )

for (const format of ['gnu', 'pax', 'posix']) {
  test(`${format}: names, kinds, sizes and targets, compressed or not`, async () => {
    const bytes = made(`--format=${format}`)
    assert.equal(await index(bytes), expected)
    assert.equal(await index(gzipSync(bytes)), expected)
  })
}

test('the output of GNU tar on a host gives the same index', () => {
  const env = { ...process.env, LC_ALL: 'C' }
  const options = { input: made(), env, encoding: 'utf8' } as const
  const reported = execFileSync('tar', ['-tv', '--numeric-owner'], options)
  const sums = execFileSync('tar', ['-x', '--to-command=sha256sum'], options)
  assert.equal(withSums(membersFrom(reported, true), sums), expected)
  assert.throws(() => withSums(membersFrom(reported, true), ''), /did not list all/)
})

test('hard links, as both versions of tar list them', () => {
  const row = (letter: string, rest: string): string =>
    `${letter}rw-r--r-- 0/0   0 2026-01-01 10:00 ${rest}\n`
  assert.equal(membersFrom(row('h', 'b link to a'), true), [other('b', 'a')])
  assert.equal(membersFrom(row('-', 'b -> a').replace('10:00', '10:00:01'), false), [other('b', 'a')])
  assert.equal(membersFrom(row('-', 'b -> a'), true), [file('b -> a', 0)])
  assert.throws(() => membersFrom('rubbish\n', true), /an unknown line: rubbish/)
  const device = { name: 'null', kind: 'other', size: undefined, target: '' } as const
  assert.equal(membersFrom('crw-r--r-- 0/0 1,3 2026-01-01 10:00 null\n', true), [device])
})

test('truncated or broken archives are reported', async () => {
  const bytes = made()
  assert.match(await said(bytes.subarray(0, 700)), 'Truncated')
  assert.match(await said(gzipSync(bytes).subarray(0, 200)), /Truncated|unexpected end/)
  assert.match(await said(Buffer.alloc(0)), 'Unrecognized archive')
  assert.match(await said(Buffer.alloc(2000, 'x')), /checksum|Unrecognized/)
  const wrong = Buffer.from(bytes)
  wrong[3] = 88
  assert.match(await said(wrong), 'checksum')
})

test('members below links, hard links to outside and devices are refused; a hard link has the content of its target', async () => {
  const below = (members: readonly RawMember[], special = false) =>
    membersBelow('x.tar', members, { strip: 0, special })
  for (const members of [
    [link('l', '/etc'), file('l/passwd', 1)],
    [link('l', 'sub'), directory('l/'), file('./l//a', 1)],
    [directory('l/'), file('l/a', 1), link('l', '..')],
    [link('a/l', '.'), link('a/l/m', '/')],
  ])
    assert.throws(() => below(members), /unpacked through a link of its own: .*\/l/)
  for (const same of ['/etc/passwd', '../passwd', 'none', 'l/passwd'])
    assert.throws(
      () => below([link('l', '/etc'), other('b', same)]),
      /hard link to a file outside of it: b to/,
    )
  const [, hard] = below([holding('./a', 'one'), other('b', 'a')])
  assert.equal(
    [hard?.path, hard?.kind, hard?.size, hard?.sha256],
    ['./b', 'file', 3, holding('a', 'one').sha256],
  )
  execFileSync('mkfifo', [folder.at('fifo')])
  const fifo = await index(execFileSync('tar', ['-c', '-C', folder.path, 'fifo']))
  assert.throws(() => below(fifo), /contains a device, pipe or socket: fifo/)
  assert.is(below(fifo, true)[0]?.kind, 'other')
})

test('sparse files are refused', async () => {
  execFileSync('truncate', ['-s', '1M', folder.at('holes')])
  const packed = (...words: string[]): Buffer => execFileSync('tar', ['-c', '-C', folder.path, ...words])
  for (const format of ['gnu', 'pax'])
    assert.match(await said(packed('--sparse', `--format=${format}`, 'holes')), /sparse|other than a file/)
})

test('names that lead out of the folder are refused, and leading parts are removed', () => {
  assert.is(memberPath('x.tar', './a//b/', 0), './a/b')
  assert.is(memberPath('x.tar', 'tool-1.2/bin/x', 1), './bin/x')
  assert.is(memberPath('x.tar', 'tool-1.2/', 1), undefined)
  for (const name of ['/etc/passwd', 'a/../../b', '..'])
    assert.throws(() => memberPath('x.tar', name, 0), /would be unpacked outside/)
})
