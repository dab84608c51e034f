import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdQuorumWithout } from '../../../tasks/kubernetes/etcd-quorum-without.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'

const test = suite('etcd-quorum-without')

const masters = ['m1', 'm2', 'm3'].map((name, index) => ({ name, address: `10.0.0.${index + 1}` }))
const members = () => masters.map(({ name, address }) => ({ name, url: `https://${address}:2380` }))

test('the arithmetic of each removal is a value', async () => {
  assert.equal(await valueOf(etcdQuorumWithout({ masters: masters.slice(2) }), etcdCluster(members())), [
    '3 members, 2 needed, 3 healthy; after removing m3: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
  ])
})

test('two that leave one after the other are counted together', async () => {
  const etcd = etcdCluster(members(), { silent: ['10.0.0.3'] })
  const run = await rehearse(etcdQuorumWithout({ masters: masters.slice(0, 2) }), etcd)
  assert.match(String(run.error), 'without m1, etcd would lose its quorum')
  assert.equal(etcd.log, [])
})

test('members that could not be asked are not counted as dead', async () => {
  const etcd = etcdCluster(members(), { expired: ['10.0.0.3'] })
  const run = await rehearse(etcdQuorumWithout({ masters: masters.slice(0, 1) }), etcd)
  assert.match(
    String(run.error),
    'whether etcd keeps its quorum without m1 is not known: 3 members, 2 needed, 2 healthy, 1 not known; after removing m1: 2 members, 2 needed, 1 healthy, 1 not known: it is not known whether etcd accepts writes',
  )
  assert.match(hintOf(run.error), 'etcd member m3 at https://10.0.0.3:2380')
  const fine = await rehearse(etcdQuorumWithout({ masters: masters.slice(2) }), etcd)
  assert.is(fine.outcome, 'ok', String(fine.error))
})

test('a dead one that leaves first gives the others their quorum back', async () => {
  const etcd = etcdCluster(members(), { silent: ['10.0.0.3'] })
  const run = await rehearse(etcdQuorumWithout({ masters: masters.slice(1).toReversed() }), etcd)
  assert.is(run.outcome, 'ok', String(run.error))
})

test('members that are removed already are not in the way', async () => {
  const run = await rehearse(
    etcdQuorumWithout({ masters: masters.slice(2) }),
    etcdCluster(members().slice(0, 2)),
  )
  assert.is(run.outcome, 'ok', String(run.error))
})

test('bad parameters are refused', () => {
  assert.throws(() => etcdQuorumWithout({ masters: [] }), 'masters')
})
