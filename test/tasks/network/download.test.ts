import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { inputBytes } from '../../../engine/connection/input.ts'
import { Secret } from '../../../engine/secret.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { curlConfig, download } from '../../../tasks/network/download.ts'
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
