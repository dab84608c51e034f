import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { waitFor } from '../../../tasks/network/wait-for.ts'
import { suite } from '../../support/spec.ts'

const test = suite('wait-for')

test('port, path, url and command', async () => {
  const open = await rehearse(waitFor({ port: 6443, host: 'lb' }), { patterns: [[/nc -z -w 3 lb 6443/, '']] })
  assert.is(open.outcome, 'ok')
  assert.is((await rehearse(waitFor({ path: '/run/x' }), { files: { '/run/x': '' } })).outcome, 'ok')
  assert.is(
    (
      await rehearse(waitFor({ url: 'https://lb/healthz' }), {
        patterns: [[/curl -skf .* https:\/\/lb\/healthz/, '']],
      })
    ).outcome,
    'ok',
  )
  const never = await rehearse(waitFor({ command: 'false', timeout: 0.01, every: 0.001 }), {
    replies: { 'sh -c false': { code: 1 } },
  })
  assert.match(String(never.error), 'false is not there yet')
  assert.is(never.foretold, 'unknown')
})

test('just one thing', () => {
  assert.throws(() => waitFor({}), /just one of port, path, url and command/)
  assert.throws(() => waitFor({ port: 1, path: '/x' }), /just one of/)
})
