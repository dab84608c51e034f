import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdMemberDefrag } from '../../../tasks/kubernetes/etcd-member-defrag.ts'
import { etcdLeader } from '../../../tasks/kubernetes/facts.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-member-defrag')

const mebibyte = 1024 * 1024
const members = () =>
  ['m1', 'm2', 'm3'].map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))
const large = () => ({ size: 100 * mebibyte, used: 25 * mebibyte })

test('a database with enough free space is defragmented, with sizes and the arithmetic of the quorum', async () => {
  const { log, patterns } = etcdCluster(members(), { database: large() })
  const run = await rehearse(etcdMemberDefrag({}), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.changes, [
    {
      what: 'database of the etcd member of host',
      from: '100.0 MiB, of which 75.0 MiB are free',
      to: 'about 25.0 MiB',
    },
  ])
  assert.equal(log, ['defragment local'])
})

test('with less free space than that, nothing is done, whatever the other members do', async () => {
  const { log, patterns } = etcdCluster(members(), { database: large(), silent: ['10.0.0.2'] })
  const run = await rehearse(etcdMemberDefrag({ minFree: 76 }), { patterns })
  assert.equal([run.outcome, log], ['ok', []])
})

for (const [title, fakes, message, hint] of [
  [
    'another member does not respond',
    { silent: ['10.0.0.2'] },
    /the etcd member of host is not defragmented: etcd member m2 at \S+ does not respond/,
    'repair that member first',
  ],
  [
    'a member has raised an alarm',
    { alarms: [{ member: 1, alarm: 'NOSPACE' }] },
    'etcd member m2 at https://10.0.0.2:2380 has raised the alarm NOSPACE',
    'playbooks/etcd-alarm.ts',
  ],
] as const)
  test(`refused, also by --check, if ${title}`, async () => {
    const { log, patterns } = etcdCluster(members(), { ...fakes, database: large() })
    const run = await rehearse(etcdMemberDefrag({}), { patterns })
    assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
  })

test('a learner among the members is refused by name', async () => {
  const [one = { name: '', url: '' }, ...others] = members()
  const { log, patterns } = etcdCluster([one, ...others.map((member) => ({ ...member, learner: true }))], {
    database: large(),
  })
  const run = await rehearse(etcdMemberDefrag({}), { patterns })
  assert.equal(log, [])
  assert.match(String(run.error), 'etcd member m2 at https://10.0.0.2:2380 cannot vote yet')
})

test('an answer that is lost is said; what was done is not repeated', async () => {
  const { log, patterns } = etcdCluster(members(), {
    database: large(),
    lost: { path: /defragment/, made: true },
  })
  const run = await rehearse(etcdMemberDefrag({}), { patterns })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd on host did not answer (defragment the database)')
  assert.is((await rehearse(etcdMemberDefrag({}), { patterns })).outcome, 'ok')
  assert.equal(log, ['defragment local'])
})

test('an etcd that does not respond is not one without free space', async () => {
  const { patterns } = etcdCluster(members(), { inVain: 99 })
  const run = await rehearse(etcdMemberDefrag({}), { patterns })
  assert.match(String(run.error), 'etcd on host does not respond')
})

test('the leader is found by its own status', async () => {
  const outcome = async (fakes: Parameters<typeof etcdCluster>[1]) =>
    (await rehearse(etcdLeader(), { patterns: etcdCluster(members(), fakes).patterns })).outcome
  assert.is(await outcome({ leader: ids[0] }), 'ok')
  assert.is(await outcome({ leader: ids[1] }), 'failed')
  assert.is(await outcome({ inVain: 9 }), 'failed')
})

test('bad parameters are refused', () => {
  assert.throws(() => etcdMemberDefrag({ minFree: 0 }), 'minFree')
})
