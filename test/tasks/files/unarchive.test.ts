import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { ScriptedFile } from '../../../engine/testing.ts'
import { unarchive } from '../../../tasks/files/unarchive.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('unarchive')
const folder = folderOf(test)

const listing = 'tar --version 2>/dev/null | grep -c GNU; tar -tvf /proc/self/fd/3 --numeric-owner'
const reported = '1\n-rw-r--r-- 0/0         3 2026-01-01 10:00 t-1/f\n'
const summing = 'tar -xf /proc/self/fd/3 --to-command=sha256sum'
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const looking = sentPattern('tasks/files/tree/list.sh')

test('an archive on the host: files with other content but the same size are unpacked, to a draft first', async () => {
  let text = 'old'
  const unpacks = (_: unknown, files: Map<string, ScriptedFile>): string => {
    files.set('/d', { content: '', type: 'directory' })
    text = 'new'
    return ''
  }
  const task = unarchive({ src: '/a.tgz', dest: '/d', onHost: true, strip: 1 })
  const world = {
    files: { '/a.tgz': 'packed', '/d': { content: '', type: 'directory' as const } },
    replies: { [listing]: reported, [summing]: `${sumOf('new')}  -\n` },
    patterns: [
      [looking, () => `0 0\nf\n644 0 0 3 root root\n${sumOf(text)}  ./f\n`],
      [/^tar -xpof \/proc\/self\/fd\/3 --strip-components=1$/, unpacks],
    ] as const,
  }
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    {
      what: '/d/f',
      from: `3 bytes, sha256 ${sumOf('old').slice(0, 12)}…`,
      to: `3 bytes, sha256 ${sumOf('new').slice(0, 12)}…`,
    },
  ])
  const well = await rehearse(task, {
    ...world,
    patterns: [[looking, `0 0\nf\n644 0 0 3 root root\n${sumOf('new')}  ./f\n`]],
  })
  assert.is(well.outcome, 'ok')
})

test('if the path of creates exists, nothing else is read', async () => {
  const task = unarchive({ src: '/none', dest: '/d', creates: '/d/f' })
  const run = await rehearse(task, { files: { '/d/f': '' } })
  assert.equal([run.outcome, run.commands.check], ['ok', []])
})

test('files that are not archives, and names that lead out of the folder', async () => {
  const said = async (given: Parameters<typeof unarchive>[0], replies = {}): Promise<string> =>
    String((await rehearse(unarchive(given), { files: { '/a.tgz': '' }, replies })).error)
  assert.match(await said({ src: folder.at('none'), dest: '/d' }), 'cannot read')
  assert.match(await said({ src: folder.path, dest: '/d' }), 'is not a file')
  assert.match(
    await said({ src: folder.write('text', 'x'), dest: '/d' }),
    /cannot be read as an archive: .*Unrecognized/,
  )
  assert.match(await said({ src: '/none', dest: '/d', onHost: true }), 'the archive /none does not exist')
  const evil = { [listing]: reported.replace('t-1/f', '../f'), [summing]: sumOf('x') }
  assert.match(await said({ src: '/a.tgz', dest: '/d', onHost: true }, evil), 'would be unpacked outside')
  execFileSync('sh', ['-c', `printf '\\037\\213broken' >'${folder.at('gz')}'`])
  assert.match(await said({ src: folder.at('gz'), dest: '/d' }), 'cannot be read as an archive')
  assert.throws(() => unarchive({ src: 'x', dest: '/d', strip: -1 }), /strip/)
})
