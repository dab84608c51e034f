import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdAlarmClear } from '../../../tasks/kubernetes/etcd-alarm-clear.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, ids } from './etcd-world.ts'

const test = suite('etcd-alarm-clear')

const members = () => [
  { name: 'm1', url: 'https://10.0.0.1:2380' },
  { name: 'm2', url: 'https://10.0.0.2:2380' },
  { name: 'm3', url: 'https://10.0.0.3:2380', learner: true },
]

test('each started member is defragmented, and then NOSPACE is cleared', async () => {
  const { log, patterns } = etcdCluster(members(), {
    alarms: [
      { member: 1, alarm: 'NOSPACE' },
      { member: 0, alarm: 'CORRUPT' },
    ],
  })
  const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'alarm NOSPACE of etcd member m2 at https://10.0.0.2:2380', from: 'raised', to: 'cleared' },
  ])
  assert.equal(log, [
    'defragment https://10.0.0.1:2379',
    'defragment https://10.0.0.2:2379',
    `clear NOSPACE ${ids[1]}`,
  ])
})

test('CORRUPT of a member that has left is cleared without anything else', async () => {
  const { log, patterns } = etcdCluster(members().slice(0, 2), { alarms: [{ member: 2, alarm: 'CORRUPT' }] })
  const run = await rehearse(etcdAlarmClear({ alarm: 'CORRUPT' }), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, [`clear CORRUPT ${ids[2]}`])
})

test('CORRUPT is not cleared while its member is in the cluster, unless that is forced', async () => {
  const world = () => etcdCluster(members(), { alarms: [{ member: 0, alarm: 'CORRUPT' }] })
  const { log, patterns } = world()
  const run = await rehearse(etcdAlarmClear({ alarm: 'CORRUPT' }), { patterns })
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(String(run.error), /etcd member m1 at \S+ has raised CORRUPT, and is still in the cluster/)
  const other = world()
  const forced = await rehearse(etcdAlarmClear({ alarm: 'CORRUPT', force: true }), {
    patterns: other.patterns,
  })
  assert.equal([forced.outcome, other.log], ['changed', [`clear CORRUPT ${ids[0]}`]])
})

test('where no alarm is raised, nothing is done', async () => {
  const { log, patterns } = etcdCluster(members())
  const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
  assert.equal([run.outcome, log], ['ok', []])
})

test('an etcd that does not say is not one without alarms', async () => {
  const silent = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), {
    patterns: etcdCluster(members(), { inVain: 99 }).patterns,
  })
  assert.match(String(silent.error), 'etcd on host does not respond')
  const { patterns } = etcdCluster(members(), { quorum: false })
  const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
  assert.match(String(run.error), 'does not say which alarms are raised: etcdserver: request timed out')
})

test('other alarms are refused', () => {
  // @ts-expect-error it is not one of the two
  assert.throws(() => etcdAlarmClear({ alarm: 'FIRE' }), 'alarm')
})
