import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { noRotation } from '../../../tasks/kubernetes/no-rotation.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { files, former, next, pki, prepared, replaced, signed, trusting } from './rotation-world.ts'

const test = suite('no-rotation')

test('a host without authorities, with one, and with several of its operator is ok', async () => {
  for (const there of [{}, files, { ...files, [`${pki}/ca.crt`]: former.ca + next.ca }]) {
    const run = await rehearse(noRotation(), { files: there })
    assert.is(run.outcome, 'ok', String(run.error))
    assert.equal(run.commands.check, [])
  }
})

for (const [title, there] of [
  ['a new authority that nothing uses yet', { ...files, ...prepared }],
  ['both are trusted', trusting],
  ['the new one signs', signed],
  ['the former one is not kept yet', replaced],
] as const) {
  test(`refused: ${title}`, async () => {
    const run = await rehearse(noRotation(), { files: there })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), 'host is within the replacement of the authority cluster')
    assert.match(hintOf(run.error), 'run playbooks/rotate-ca.ts')
    assert.match(hintOf(run.error), 'nothing was changed')
  })
}

test('every authority that is being replaced is named', async () => {
  const there = {
    '/etc/coxswain/rotate-ca/etcd/new.crt': next.ca,
    '/etc/coxswain/rotate-ca/front-proxy/new.crt': next.ca,
  }
  const run = await rehearse(noRotation(), { files: there })
  assert.match(String(run.error), 'the authorities etcd, front-proxy')
})

test('of some authorities: only their replacement is refused', async () => {
  const etcd = { '/etc/coxswain/rotate-ca/etcd/new.crt': next.ca }
  const ofCluster = noRotation({ authorities: ['cluster'] })
  assert.is((await rehearse(ofCluster, { files: etcd })).outcome, 'ok')
  const run = await rehearse(ofCluster, { files: { ...etcd, ...prepared } })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'the authority cluster:')
  assert.throws(() => noRotation({ authorities: [] }), 'authorities')
})

test('a key of encryption at rest that is being replaced is refused, except where keys do not matter', async () => {
  const there = { '/etc/coxswain/rotate-keys/encryption.json': '{}' }
  const run = await rehearse(noRotation(), { files: there })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'host is within the replacement of the key of encryption at rest')
  assert.match(hintOf(run.error), 'run playbooks/rotate-keys.ts')
  const ofWorkers = noRotation({ authorities: ['cluster'], keys: false })
  assert.is((await rehearse(ofWorkers, { files: there })).outcome, 'ok')
})

test('a service account key that is being replaced is refused, except where it does not matter', async () => {
  const there = { '/etc/coxswain/rotate-service-accounts/key.json': '{}' }
  const run = await rehearse(noRotation(), { files: there })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'host is within the replacement of the service account key')
  assert.match(hintOf(run.error), 'run playbooks/rotate-service-accounts.ts')
  // rotate-keys does not begin meanwhile
  assert.is((await rehearse(noRotation({ keys: false }), { files: there })).outcome, 'failed')
  assert.is((await rehearse(noRotation({ serviceAccounts: false }), { files: there })).outcome, 'ok')
})

test('the time until which former tokens are to be accepted is named', async () => {
  const there = {
    '/etc/coxswain/rotate-service-accounts/key.json': '{"key":"x","acceptUntil":"2026-12-31T00:00:00.000Z"}',
  }
  const run = await rehearse(noRotation(), { files: there })
  assert.match(hintOf(run.error), 'which completes it after 2026-12-31T00:00:00.000Z')
})
