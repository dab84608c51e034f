import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdAlarmClear } from '../../../tasks/kubernetes/etcd-alarm-clear.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-alarm-clear')

const members = () => [
  { name: 'm1', url: 'https://10.0.0.1:2380' },
  { name: 'm2', url: 'https://10.0.0.2:2380' },
  { name: 'm3', url: 'https://10.0.0.3:2380', learner: true },
]

const mebibyte = 1024 * 1024
const filled = (quota = 8 * mebibyte) => ({ size: 8 * mebibyte, used: 7 * mebibyte, quota })
const noSpace = { alarms: [{ member: 1, alarm: 'NOSPACE' }] }

test('the history is compacted, each member with a vote is defragmented, the leader last, and then NOSPACE is cleared', async () => {
  const { log, patterns } = etcdCluster(members(), {
    ...noSpace,
    databases: [filled(), filled(), filled()],
    compacted: mebibyte,
  })
  const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'alarm NOSPACE of etcd member m2 at https://10.0.0.2:2380', from: 'raised', to: 'cleared' },
  ])
  assert.equal(log, [
    'compaction 4711',
    'defragment https://10.0.0.2:2379',
    'defragment https://10.0.0.1:2379',
    `clear NOSPACE ${ids[1]}`,
  ])
})

test('NOSPACE stays while a database is full, with its size; with another quota, the next run goes on', async () => {
  const databases = [filled(), filled()]
  const { log, patterns } = etcdCluster(members().slice(0, 2), {
    ...noSpace,
    databases,
    compacted: 7.5 * mebibyte,
  })
  const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
  assert.is(run.outcome, 'failed')
  assert.match(
    String(run.error),
    'the etcd member m2 at https://10.0.0.2:2380 still has 7.5 MiB of 8.0 MiB, 7.5 MiB in use',
  )
  assert.match(hintOf(run.error), 'etcd.quotaBackendBytes')
  assert.equal(
    log.filter((line) => line.startsWith('clear')),
    [],
  )
  for (const at of databases.keys()) databases[at] = filled(16 * mebibyte)
  // nothing was written since the compaction, which etcd refuses then
  const again = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
  assert.is(again.outcome, 'changed', String(again.error))
  assert.is(log.at(-1), `clear NOSPACE ${ids[1]}`)
})

test('a member whose disk has no room for the copy is refused before anything is changed, also under --check', async () => {
  const df = (free: number) => ({
    patterns: [
      [
        sentPattern('tasks/kubernetes/etcd/free-space.sh', '/var/lib/etcd/member'),
        `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 99 9 ${free} 9% /\n`,
      ] as const,
    ],
  })
  const outcome = async (free: number) => {
    const { log, patterns } = etcdCluster(members().slice(0, 2), {
      ...noSpace,
      databases: [filled(), filled()],
      compacted: mebibyte,
    })
    const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), {
      patterns,
      others: { m1: df(9000), m2: df(free) },
    })
    return { run, log }
  }
  const { run, log } = await outcome(3000)
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'the etcd member m2 at https://10.0.0.2:2380 has 2.9 MiB free on its disk, and needs 7.0 MiB for a copy',
  )
  assert.is((await outcome(8000)).run.outcome, 'changed')
})

test('an etcd that does not say its quota has that of its manifest, or 2 GiB', async () => {
  const databases = () => [8, 8].map((size) => ({ size: size * mebibyte, used: 8 * mebibyte }))
  const outcome = async (flag: string) => {
    const { patterns } = etcdCluster(members().slice(0, 2), { ...noSpace, databases: databases() })
    const files = { '/etc/kubernetes/manifests/etcd.yaml': `    - etcd\n${flag}` }
    return (await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns, files })).outcome
  }
  assert.is(await outcome('    - --quota-backend-bytes=8388608\n'), 'failed')
  assert.is(await outcome(''), 'changed')
})

for (const [title, fakes, message] of [
  [
    'a member that does not respond',
    { ...noSpace, silent: ['10.0.0.1'] },
    /etcd is not defragmented: etcd member m1 at \S+ does not/,
  ],
  [
    'corrupt data',
    { alarms: [...noSpace.alarms, { member: 0, alarm: 'CORRUPT' }] },
    /etcd member m1 at \S+ has raised the alarm CORRUPT/,
  ],
] as const)
  test(`nothing is compacted or defragmented because of ${title}, also under --check`, async () => {
    const { log, patterns } = etcdCluster(members(), fakes)
    const run = await rehearse(etcdAlarmClear({ alarm: 'NOSPACE' }), { patterns })
    assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
    assert.match(String(run.error), message)
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

test('CORRUPT of no member, as etcd raises it from 3.5.6 on, is that of the cluster: it is not cleared, unless that is forced', async () => {
  const world = () => etcdCluster(members(), { alarms: [{ alarm: 'CORRUPT' }] })
  const { log, patterns } = world()
  const run = await rehearse(etcdAlarmClear({ alarm: 'CORRUPT' }), { patterns })
  assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'the etcd cluster has raised CORRUPT, without the member whose data differs',
  )
  assert.match(hintOf(run.error), 'etcdctl endpoint hashkv --cluster')
  assert.match(hintOf(run.error), 'a member of the minority')
  assert.match(hintOf(run.error), 'restore a snapshot')
  const other = world()
  const forced = await rehearse(etcdAlarmClear({ alarm: 'CORRUPT', force: true }), {
    patterns: other.patterns,
  })
  assert.equal([forced.outcome, other.log], ['changed', ['clear CORRUPT 0']])
  assert.is(forced.changes?.[0]?.what, 'alarm CORRUPT of the etcd cluster')
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
