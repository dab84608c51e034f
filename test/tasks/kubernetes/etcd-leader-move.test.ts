import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdLeaderMove } from '../../../tasks/kubernetes/etcd-leader-move.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-leader-move')

const members = () =>
  ['m1', 'm2', 'm3'].map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))

test('leadership moves to another member that responds', async () => {
  const { log, patterns } = etcdCluster(members(), { silent: ['10.0.0.2'] })
  const run = await rehearse(etcdLeaderMove(), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'leader of etcd', from: 'host', to: 'm3' }])
  assert.equal(log, [`transfer-leadership ${ids[2]}`])
})

for (const [title, fakes] of [
  ['a member that follows', { leader: ids[1] }],
  ['an etcd that does not respond', { inVain: 99 }],
] as const)
  test(`nothing is done for ${title}`, async () => {
    const { log, patterns } = etcdCluster(members(), fakes)
    assert.equal([(await rehearse(etcdLeaderMove(), { patterns })).outcome, log], ['ok', []])
  })

test('nothing is done for the only member with a vote', async () => {
  const [one = { name: '', url: '' }, two = one] = members()
  const { log, patterns } = etcdCluster([one, { ...two, learner: true }])
  assert.equal([(await rehearse(etcdLeaderMove(), { patterns })).outcome, log], ['ok', []])
})

test('without another member that responds, it is refused, also by --check', async () => {
  const { log, patterns } = etcdCluster(members(), { silent: ['10.0.0.2', '10.0.0.3'] })
  const run = await rehearse(etcdLeaderMove(), { patterns })
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'the etcd member of host leads, and no other member responds: etcd member m2',
  )
  assert.match(hintOf(run.error), 'repair one of them first')
})

test('other members that could not be asked are not said to be down', async () => {
  const { log, patterns } = etcdCluster(members(), { expired: ['10.0.0.2'], silent: ['10.0.0.3'] })
  const run = await rehearse(etcdLeaderMove(), { patterns })
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'the etcd member of host leads, and it is not known whether another member responds: etcd member m2 at https://10.0.0.2:2380 could not be asked: curl: (60)',
  )
  assert.match(hintOf(run.error), 'renew-certs')
})

test('an answer that is lost is not an error if leadership has moved', async () => {
  const lost = { path: /transfer-leadership/, made: true }
  const { patterns } = etcdCluster(members(), { lost })
  const run = await rehearse(etcdLeaderMove(), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('it takes no parameters', () => {
  // @ts-expect-error: there are none
  assert.throws(() => etcdLeaderMove({ to: 'm2' }), 'to')
})
