import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdMemberRemove } from '../../../tasks/kubernetes/etcd-member-remove.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-member-remove')

const members = () =>
  ['m1', 'm2', 'm3'].map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))
const m3 = { name: 'm3', address: '10.0.0.3' }

test('the member of a lost host is removed by the others', async () => {
  const { log, patterns } = etcdCluster(members(), { silent: ['10.0.0.3'] })
  const run = await rehearse(etcdMemberRemove(m3), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'etcd member m3 at https://10.0.0.3:2380', from: 'listed', to: 'removed' },
  ])
  assert.equal(log, [`remove ${ids[2]}`])
})

test('it is found by its name where its peer URL has another address', async () => {
  const { log, patterns } = etcdCluster(members())
  const run = await rehearse(etcdMemberRemove({ name: 'm3', address: '10.9.9.9' }), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, [`remove ${ids[2]}`])
})

test('a member that is not listed is removed already', async () => {
  const { log, patterns } = etcdCluster(members().slice(0, 2))
  assert.equal([(await rehearse(etcdMemberRemove(m3), { patterns })).outcome, log], ['ok', []])
})

test('it is refused, also by --check, if the others would not have a quorum', async () => {
  const { log, patterns } = etcdCluster(members(), { silent: ['10.0.0.2'] })
  const run = await rehearse(etcdMemberRemove(m3), { patterns })
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'without m3, etcd would lose its quorum: 3 members, 2 needed, 2 healthy; after removing m3: 2 members, 2 needed, 1 healthy: etcd does not accept writes',
  )
  assert.match(hintOf(run.error), 'repair the other members first')
})

test('bad parameters are refused', () => {
  // @ts-expect-error: an address is required
  assert.throws(() => etcdMemberRemove({ name: 'm3' }), 'address')
})
