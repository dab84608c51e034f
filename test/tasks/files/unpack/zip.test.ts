/** Zip archives, made by Python, and unpacked by the tar of GNU and of busybox. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { isZip, zipAsTar, zipIndex } from '../../../../tasks/files/unpack/zip.ts'
import { folderOf } from '../../../support/folder.ts'
import { suite } from '../../../support/spec.ts'
import { makeZip } from '../../../support/zip-file.ts'
import type { ZipMember } from '../../../support/zip-file.ts'

const test = suite('zip archives', { needs: ['python3', 'busybox'] })
const { at, write } = folderOf(test)

const zipOf = (name: string, ...members: readonly ZipMember[]): string => {
  makeZip(at(name), members)
  return at(name)
}

/** The message of an error. */
const failure = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
    return 'no error'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const long = `${'long/'.repeat(30)}${'n'.repeat(120)}`
const usual = () =>
  zipOf(
    'usual.zip',
    ['tool/', '', '040755'],
    ['tool/run.sh', '#!/bin/sh\n', '100755'],
    ['tool/big', 'x'.repeat(100_000), '100640'],
    ['tool/grüße', 'ä', '100644'],
    ['tool/now', 'run.sh', '120777'],
    [long, 'deep', '100600'],
    ['from-dos.txt', 'plain', '0'],
  )

test('an index has names, kinds, sizes, sums and targets', async () => {
  const index = await zipIndex(usual())
  assert.equal(
    index.map(({ name, kind, size, target }) => [name, kind, size, target]),
    [
      ['tool/', 'directory', 0, ''],
      ['tool/run.sh', 'file', 10, ''],
      ['tool/big', 'file', 100_000, ''],
      ['tool/grüße', 'file', 2, ''],
      ['tool/now', 'link', 0, 'run.sh'],
      [long, 'file', 4, ''],
      ['from-dos.txt', 'file', 5, ''],
    ],
  )
  const sum = execFileSync('sha256sum', { input: 'deep', encoding: 'utf8' }).slice(0, 64)
  assert.is(index[5]?.sha256, sum)
})

for (const [name, command] of [
  ['GNU', ['tar']],
  ['busybox', ['busybox', 'tar']],
] as const)
  test(`the tar of ${name} unpacks what the zip archive has`, async () => {
    const folder = at(name)
    mkdirSync(folder)
    const [program, ...words] = command
    const { status, stderr } = spawnSync(program, [...words, '-xpof', '-', '-C', folder], {
      input: await buffer(zipAsTar(usual())),
      encoding: 'utf8',
    })
    assert.is(status, 0, stderr)
    const all = execFileSync(
      'sh',
      [
        '-c',
        'find . ! -type d | LC_ALL=C sort | while read -r f; do stat -c "%n %A" "$f"; done; cat ./tool/run.sh from-dos.txt; wc -c <tool/big; readlink tool/now; TZ=UTC stat -c %y tool/big',
      ],
      { cwd: folder, encoding: 'utf8' },
    )
    assert.match(all, './from-dos.txt -rw-r--r--\n')
    assert.match(all, `./${long} -rw-------\n`)
    assert.match(all, './tool/big -rw-r-----\n')
    assert.match(all, './tool/grüße -rw-r--r--\n')
    assert.match(all, './tool/now lrwxrwxrwx\n')
    assert.match(all, './tool/run.sh -rwxr-xr-x\n#!/bin/sh\nplain100000\nrun.sh\n2026-01-0')
  })

test('an empty archive is one, and other files are not', async () => {
  assert.ok(await isZip(zipOf('empty.zip')))
  assert.equal(await zipIndex(at('empty.zip')), [])
  assert.is((await buffer(zipAsTar(at('empty.zip')))).length, 1024)
  assert.not.ok(await isZip(write('short', 'PK')))
  assert.not.ok(await isZip(write('tar', 'ustar')))
})

test('names that lead out, devices, damage and encryption are refused with the reason', async () => {
  for (const name of ['../out', '/etc/passwd'])
    assert.match(await failure(() => zipIndex(zipOf('out.zip', [name, 'x', '100644']))), name)
  const pipe = zipOf('pipe.zip', ['p', '', '010644'])
  assert.match(await failure(() => buffer(zipAsTar(pipe))), 'a device, pipe or socket: p')
  const damaged = at('damaged.zip')
  await writeFile(damaged, (await readFile(usual())).subarray(0, -30))
  assert.match(await failure(() => zipIndex(damaged)), /end of central directory/i)
  // bit 0 of the flags of the member, in its header and in the directory
  const secret = await readFile(zipOf('secret.zip', ['s', 'x', '100644']))
  for (const [mark, offset] of [
    ['504b0304', 6],
    ['504b0102', 8],
  ] as const) {
    const place = secret.indexOf(Buffer.from(mark, 'hex')) + offset
    secret.writeUInt16LE(secret.readUInt16LE(place) | 1, place)
  }
  await writeFile(at('secret.zip'), secret)
  assert.match(await failure(() => zipIndex(at('secret.zip'))), 's is encrypted')
})
