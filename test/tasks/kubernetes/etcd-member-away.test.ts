import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdMemberAway } from '../../../tasks/kubernetes/etcd-member-away.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-member-away')

const members = (count: number) =>
  ['m1', 'm2', 'm3'].slice(0, count).map((name, index) => ({ name, url: `https://10.0.0.${index + 1}:2380` }))
const files = { '/etc/kubernetes/manifests/etcd.yaml': 'etcd' }

const rehearsed = (
  count: number,
  fakes: Parameters<typeof etcdCluster>[1] = {},
  given: Parameters<typeof etcdMemberAway>[0] = {},
) =>
  rehearse(etcdMemberAway(given), {
    files,
    patterns: etcdCluster(members(count), { answering: ids[0], ...fakes }).patterns,
  })

test('a quorum that is kept is a value', async () => {
  const { patterns } = etcdCluster(members(3), { answering: ids[0] })
  assert.match(
    String(await valueOf(etcdMemberAway({}), { files, patterns })),
    /3 members, 2 needed, 3 healthy; while \S+ is away: 3 members, 2 needed, 2 healthy: no further loss is tolerated/,
  )
  assert.is((await rehearsed(3)).outcome, 'ok')
})

test('another member that does not respond is refused, with the arithmetic', async () => {
  const run = await rehearsed(3, { silent: ['10.0.0.2'] })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(
    String(run.error),
    /host is not taken away: etcd member m2 at \S+ does not respond \(3 members, 2 needed, 2 healthy; while host is away: 3 members, 2 needed, 1 healthy: etcd does not accept writes\)/,
  )
  assert.match(hintOf(run.error), 'repair that member first')
})

test('another member that could not be asked is refused in other words than one that does not respond', async () => {
  const run = await rehearsed(3, { expired: ['10.0.0.2'] })
  assert.match(
    String(run.error),
    'etcd member m2 at https://10.0.0.2:2380 could not be asked: curl: (60) SSL certificate problem: certificate has expired (3 members, 2 needed, 2 healthy, 1 not known; while host is away: 3 members, 2 needed, 1 healthy, 1 not known: it is not known whether etcd accepts writes)',
  )
  assert.match(hintOf(run.error), 'renew-certs')
  assert.not.match(hintOf(run.error), 'repair that member')
})

for (const count of [1, 2])
  test(`of ${count}, none is taken away, unless the outage is accepted`, async () => {
    const run = await rehearsed(count)
    assert.match(String(run.error), 'etcd does not accept writes')
    assert.match(hintOf(run.error), '-e maintenance_accept_outage=true')
    assert.is((await rehearsed(count, {}, { acceptOutage: true })).outcome, 'ok')
  })

test('an alarm is refused with its cure', async () => {
  const run = await rehearsed(3, { alarms: [{ member: 1, alarm: 'NOSPACE' }] })
  assert.match(String(run.error), 'has raised the alarm NOSPACE')
})

test('an etcd that does not respond is not one without members', async () => {
  assert.match(String((await rehearsed(3, { inVain: 99 })).error), 'etcd on host does not respond')
})

test('a host without an etcd of kubeadm is ok', async () => {
  assert.is((await rehearse(etcdMemberAway({}), {})).outcome, 'ok')
})

test('bad parameters are refused', () => {
  // @ts-expect-error: it is a boolean
  assert.throws(() => etcdMemberAway({ acceptOutage: 3 }), 'acceptOutage')
})
