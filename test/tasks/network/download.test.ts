import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { inputBytes } from '../../../engine/connection/input.ts'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { curlConfig, download } from '../../../tasks/network/download.ts'
import type { WantedSum } from '../../../tasks/network/downloads/sums.ts'
import { sumCommand, sumIn } from '../../../tasks/network/downloads/sums.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('download')
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const url = 'https://example.com/a?key=1'
const given = { url, dest: '/opt/a', sha256: sumOf('new') }

/** A host that downloads this content from any URL. */
const host = (comes: string, files: World['files'] = {}, curl = true): World => ({
  files,
  replies: {
    'command -v curl': { code: curl ? 0 : 1 },
    'curl -q --config -': async ({ stdin }) => {
      const config = (await inputBytes(stdin))?.toString() ?? ''
      assert.match(config, `url = "${url}"\n`)
      return comes
    },
    [`wget -q -O - '${url}'`]: comes,
  },
})

test('downloaded, verified, and moved into place; then ok', async () => {
  for (const curl of [true, false]) {
    const run = await rehearse(download(given), host('new', { '/opt/a': 'old' }, curl))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(run.files.get('/opt/a')?.content, 'new')
  }
  assert.is((await rehearse(download(given), host('x', { '/opt/a': 'new' }))).outcome, 'ok')
})

test('a file with another sum does not replace the old one, and is removed', async () => {
  const run = await rehearse(download(given), host('evil', { '/opt/a': 'old' }))
  assert.match(String(run.error), `example.com sent a different file: sha256 ${sumOf('evil')}`)
  assert.is(run.files.get('/opt/a')?.content, 'old')
})

test('without a sum, any content is downloaded once if allowed', async () => {
  assert.is((await rehearse(download({ ...given, sha256: 'none' }), host('any'))).outcome, 'changed')
  assert.is(
    (await rehearse(download({ ...given, sha256: 'none' }), host('x', { '/opt/a': 'any' }))).outcome,
    'ok',
  )
  await rejects(() => download({ ...given, sha256: 'abc' }), 'params-invalid', '64 hexadecimal digits')
})

test('a password in the URL and a header of two lines are refused', async () => {
  await rejects(
    () => download({ ...given, url: 'https://ann:pw@example.com/a' }),
    'params-invalid',
    'a password',
  )
  await rejects(
    () => download({ ...given, headers: { a: 'b\nc: d' } }),
    'params-invalid',
    'a header must be one line',
  )
})

test('headers are passed on standard input, quoted, or not at all', async () => {
  const headers = { Authorization: new Secret('Bearer "x\\') }
  assert.match(curlConfig({ url, headers }).reveal(), 'header = "Authorization: Bearer \\"x\\\\"\n')
  const run = await rehearse(download({ ...given, headers }), host('new', {}, false))
  assert.match(String(run.error), 'every user there could read the headers')
})

const sum = (kind: string, text: string): string => createHash(kind).update(text).digest('hex')
const bare = { url, dest: '/opt/a' }

test('other checksums, of the file and of what comes', async () => {
  const there = host('new', { '/opt/a': 'old' })
  const reply = (text: string) => `${sum('sha512', text)}  -\n`
  const checksum = `sha512:${sum('sha512', 'new').toUpperCase()}`
  let content = 'old'
  const run = await rehearse(download({ ...bare, checksum }), {
    ...there,
    replies: {
      ...there.replies,
      'sha512sum < /opt/a': () => reply(content),
      'curl -q --config -': () => (content = 'new'),
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/opt/a')?.content, 'new')
  const same = { ...host('x', { '/opt/a': 'new' }), replies: { 'sha512sum < /opt/a': reply('new') } }
  assert.is((await rehearse(download({ ...bare, checksum }), same)).outcome, 'ok')
})

test('what is validated before it replaces the file', () => {
  for (const kind of ['md5', 'sha1', 'sha512'] as const)
    for (const content of ['new', 'other']) {
      const command = sumCommand({ kind, sum: sum(kind, 'new') }).replace('<%s', '')
      const { status, stderr } = spawnSync('sh', ['-c', command], { input: content, encoding: 'utf8' })
      assert.equal([status, stderr], content === 'new' ? [0, ''] : [1, `${kind} ${sum(kind, 'other')}\n`])
    }
})

test('a list of sums is read on the host', async () => {
  const list = `${sumOf('x')}  other\n${sumOf('new')} *./dist/a\n`
  const hostWith = (text: string, files: World['files'] = {}): World => ({
    files,
    replies: {
      'command -v curl': '',
      'curl -q --config -': async ({ stdin }) => ((await inputBytes(stdin)).includes('SUMS') ? text : 'new'),
    },
  })
  const task = download({ ...bare, checksum: 'sha256:https://example.com/SUMS' })
  const run = await rehearse(task, hostWith(list))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is((await rehearse(task, hostWith(list, { '/opt/a': 'new' }))).outcome, 'ok')
  assert.is((await rehearse(task, hostWith(`${sumOf('new')}\n`, { '/opt/a': 'new' }))).outcome, 'ok')
  const missing = await rehearse(task, hostWith(`${sumOf('x')}  other\n`))
  assert.match(String(missing.error), 'https://example.com/SUMS has no sha256 of a')
})

test('lists of sums, as programs write them', () => {
  const wanted: WantedSum = { kind: 'md5', sum: 'https://x/SUMS' }
  const [one, two] = [sum('md5', 'one'), sum('md5', 'two')]
  assert.is(sumIn(`${one}  b\n${two}  a\n`, 'a', wanted), two)
  assert.is(sumIn(`MD5 (b) = ${one}\nMD5 (a) = ${two}\n`, 'a', wanted), two)
  assert.is(sumIn(`# sums\n${sumOf('one')}  a\n${two.toUpperCase()}  a\r\n`, 'a', wanted), two)
  assert.throws(() => sumIn(`${one}  b\n`, 'a', wanted), /has no md5 of a/)
  assert.throws(() => sumIn(`${one}  a\n${two}  x/a\n`, 'a', wanted), /more than one md5 of a/)
})

test('one checksum, of a kind that there is', async () => {
  await rejects(() => download(bare), 'params-invalid', 'sha256 or checksum')
  await rejects(
    () => download({ ...given, checksum: `md5:${sum('md5', 'x')}` }),
    'params-invalid',
    'and not both',
  )
  for (const checksum of ['sha3:abc', 'md5:abc', 'abc', 'sha1:file:///x', 'sha1:https://a:b@c/d'])
    await rejects(() => download({ ...bare, checksum }), 'params-invalid', 'must be a kind of checksum')
})
