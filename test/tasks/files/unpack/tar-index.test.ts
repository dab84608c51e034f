import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { Readable } from 'node:stream'
import * as assert from 'uvu/assert'
import { memberPath } from '../../../../tasks/files/unpack/member.ts'
import { tarIndex } from '../../../../tasks/files/unpack/tar-index.ts'
import type { RawMember } from '../../../../tasks/files/unpack/tar-index.ts'
import { membersFrom } from '../../../../tasks/files/unpack/tar-listing.ts'
import { folderOf } from '../../../support/folder.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('indexes of archives')
const folder = folderOf(test)

const long = `${'d'.repeat(120)}/${'ü'.repeat(80)}`
const file = (name: string, size: number | undefined): RawMember => ({ name, kind: 'file', size, target: '' })
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
  file('a b', 1000),
  file('empty', 0),
  file('new\nline', 1),
  directory('dir/'),
  file(long, 2),
  link('link', 't'.repeat(150)),
]
const made = (...options: readonly string[]): Buffer =>
  execFileSync('tar', ['-c', ...options, '-C', folder.at('in'), '--', ...names], { maxBuffer: 1e9 })

/** In odd little pieces: nothing may rest on how the stream is cut. */
const pieces = (bytes: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 777) }, (_, n) => bytes.subarray(n * 777, (n + 1) * 777)),
  )

for (const format of ['gnu', 'pax', 'posix']) {
  test(`${format}: names, kinds, sizes and targets`, async () => {
    assert.equal(await tarIndex(pieces(made(`--format=${format}`))), expected)
  })
}

test('what GNU tar tells of it on a host is the same', () => {
  const env = { ...process.env, LC_ALL: 'C' }
  const told = execFileSync('tar', ['-tv', '--numeric-owner'], { input: made(), env, encoding: 'utf8' })
  assert.equal(membersFrom(told, true), expected)
})

test('other names for a file, as both tars tell of them', () => {
  const row = (letter: string, rest: string): string =>
    `${letter}rw-r--r-- 0/0   0 2026-01-01 10:00 ${rest}\n`
  assert.equal(membersFrom(row('h', 'b link to a'), true), [file('b', undefined)])
  assert.equal(membersFrom(row('-', 'b -> a').replace('10:00', '10:00:01'), false), [file('b', undefined)])
  assert.equal(membersFrom(row('-', 'b -> a'), true), [file('b -> a', 0)])
  assert.throws(() => membersFrom('rubbish\n', true), /in an unknown way: rubbish/)
  assert.throws(
    () => membersFrom('crw-r--r-- 0/0 1,3 2026-01-01 10:00 null\n', true),
    /no file, folder or link: null/,
  )
})

test('what is cut or broken is told', async () => {
  const bytes = made()
  const said = (part: Buffer): Promise<string> =>
    tarIndex(pieces(part)).then(
      () => 'nothing',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    )
  assert.is(await said(bytes.subarray(0, 700)), 'it ends in the middle')
  assert.is(await said(bytes.subarray(0, 1536)), 'it ends in the middle')
  assert.is(await said(Buffer.alloc(0)), 'it is empty')
  assert.is(await said(Buffer.alloc(2000, 'x')), 'it is no tar archive, or broken')
})

test('names that lead out are refused, leading parts left out', () => {
  assert.is(memberPath('x.tar', './a//b/', 0), './a/b')
  assert.is(memberPath('x.tar', 'tool-1.2/bin/x', 1), './bin/x')
  assert.is(memberPath('x.tar', 'tool-1.2/', 1), undefined)
  for (const name of ['/etc/passwd', 'a/../../b', '..'])
    assert.throws(() => memberPath('x.tar', name, 0), /would be unpacked outside/)
})
