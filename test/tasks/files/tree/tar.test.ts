import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
import * as assert from 'uvu/assert'
import { tarOf, tarSize } from '../../../../tasks/files/tree/tar.ts'
import type { TarEntry } from '../../../../tasks/files/tree/tar.ts'
import { rejects } from '../../../support/rejects.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('tar archives')

const entry = (path: string, change: Partial<TarEntry> = {}): TarEntry => ({
  path,
  kind: 'file',
  mode: 0o644,
  uid: 1000,
  gid: 65_534,
  size: 3,
  target: '',
  ...change,
})

const archive = async (entries: readonly TarEntry[], content = 'abc'): Promise<Buffer> =>
  Buffer.concat(await Readable.from(tarOf(entries, () => Readable.from([Buffer.from(content)]))).toArray())

test('tar reads them: kinds, modes, owners, links and long names', async () => {
  const long = `./${'d'.repeat(90)}/${'ü'.repeat(80)}`
  const entries = [
    entry('./dir', { kind: 'directory', mode: 0o2750, size: 0 }),
    entry('./dir/file', { mode: 0o4711 }),
    entry(long),
    entry('./link', { kind: 'link', size: 0, mode: 0o777, target: 't'.repeat(130) }),
    entry('./big-ids', { uid: 3_000_000, gid: 0 }),
  ]
  const bytes = await archive(entries)
  assert.is(bytes.length, tarSize(entries))
  const reported = execFileSync('tar', ['-tv', '--numeric-owner', '--quoting-style=literal'], {
    input: bytes,
    encoding: 'utf8',
  })
  const lines = reported
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +\d+ 19\S+ \S+ /, ' '))
  assert.equal(lines, [
    'drwxr-s--- 1000/65534 ./dir/',
    '-rws--x--x 1000/65534 ./dir/file',
    `-rw-r--r-- 1000/65534 ${long}`,
    `lrwxrwxrwx 1000/65534 ./link -> ${'t'.repeat(130)}`,
    '-rw-r--r-- 3000000/0 ./big-ids',
  ])
  assert.is(execFileSync('tar', ['-xO', long], { input: bytes, encoding: 'utf8' }), 'abc')
})

test('sizes of more than eleven octal digits', () => {
  const { value } = { value: entry('./huge', { size: 2 ** 33 + 5 }) }
  assert.is(tarSize([value]), 512 + 2 ** 33 + 512 + 1024)
})

test('a file of another size than announced is an error', async () => {
  for (const content of ['ab', 'abcd'])
    await rejects(
      () => archive([entry('./a')], content),
      'read-failed',
      './a changed while it was being sent',
    )
})
