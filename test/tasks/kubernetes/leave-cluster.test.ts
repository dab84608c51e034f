/** Which etcd member is the one of the node that leaves, however the members are listed. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { resetNode } from '../../../tasks/kubernetes/reset-node.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'
import type { FakeMember } from './etcd-world.ts'
import { resetPrograms } from './reset-world.ts'

const test = suite('leaving an etcd cluster')

const data = '/var/lib/etcd/member/snap/db'
const silent: NonNullable<World['patterns']> = etcdCluster([], { inVain: 99 }).patterns

/** Members at peer URLs, the first of which has the name of the host that leaves. */
const membersAt = (...urls: readonly string[]): FakeMember[] =>
  urls.map((url, index) => ({ name: ['host', 'm2', 'm3'][index] ?? '', url, id: `${index + 1}` }))

type Etcd = ReturnType<typeof etcdCluster>

/** A host with etcd data, and another control-plane node with an etcd. */
const leaving = (etcd: Etcd, own: World['patterns'] = silent): World => ({
  files: {
    '/etc/kubernetes/admin.conf': 'config',
    '/var/lib/etcd/member/wal': { content: '', type: 'directory' },
    [data]: 'x',
  },
  patterns: [
    [sentPattern('tasks/system/accounts/find-account.sh', 'root'), 'root:x:0:0::/root:/bin/sh\nroot\n'],
    [/^kubeadm version -o short$/, 'v1.30.2'],
    [sentPattern('tasks/kubernetes/reset/list-rules.sh'), ''],
    [sentPattern('tasks/kubernetes/reset/remove-rules.sh'), ''],
    [/^kubeadm reset|^systemctl stop/, ''],
    ...resetPrograms,
    ...(own ?? []),
  ],
  others: { m2: { patterns: [...etcd.patterns, [/delete node host/, '']] } },
})

test('a worker whose Node cannot be deleted is not reset', async () => {
  const etcd = etcdCluster(membersAt('https://10.0.0.8:2380', 'https://10.0.0.9:2380'))
  const world = (answer: Reply): World => ({
    ...leaving(etcd),
    files: { '/etc/kubernetes/kubelet.conf': 'x' },
    others: { m2: { patterns: [...etcd.patterns, [/delete node host/, answer]] } },
  })
  const task = resetNode({ address: '10.0.0.51', masters: 'm2' })
  const refused = await rehearse(task, {
    ...world({ code: 1, stderr: 'the server is currently unable to handle the request' }),
    unpredictable: 'the API server is asked only then',
  })
  assert.is(refused.outcome, 'failed')
  assert.not.ok(refused.commands.apply.some((command) => command.startsWith('kubeadm reset')))
  const run = await rehearse(task, world(''))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal([...run.files.keys()], [])
})

test('where no etcd can be asked, the Node of a worker is deleted by a master whose API answers, or the worker is not reset', async () => {
  const world = (answer: Reply): World => ({
    ...leaving(etcdCluster([])),
    files: { '/etc/kubernetes/kubelet.conf': 'x' },
    others: {
      m2: {
        files: { '/etc/kubernetes/admin.conf': 'x' },
        patterns: [...silent, [/delete node host/, answer]],
      },
    },
  })
  const task = resetNode({ address: '10.0.0.51', masters: 'm2' })
  const refused = await rehearse(task, {
    ...world({ code: 1, stderr: 'connection refused' }),
    unpredictable: 'the API server is asked only then',
  })
  assert.is(refused.outcome, 'failed')
  assert.match(String(refused.error), 'delete node host')
  assert.not.ok(refused.commands.apply.some((command) => command.startsWith('kubeadm reset')))
  const run = await rehearse(task, world(''))
  assert.is(run.outcome, 'changed', String(run.error))
})

const three = ['https://10.0.0.1:2380', 'https://10.0.0.2:2380', 'https://10.0.0.3:2380'] as const
const at = (address: string) => resetNode({ address, masters: 'm2' })

for (const [what, address, members] of [
  [
    'an IPv6 address that is written in another way',
    'fd00::1',
    membersAt('https://[FD00:0::1]:2380', 'https://[fd00::2]:2380', 'https://[fd00::3]:2380'),
  ],
  [
    'a second peer URL',
    '10.9.0.1',
    membersAt(...three).map((member, index) =>
      index > 0 ? member : { ...member, name: 'else', also: ['https://10.9.0.1:2380'] },
    ),
  ],
  [
    'its name, where peer URLs have names',
    '10.0.0.1',
    membersAt('https://a.example:2380', 'https://b.example:2380', 'https://c.example:2380'),
  ],
] as const)
  test(`the member is found by ${what}`, async () => {
    const etcd = etcdCluster([...members])
    const run = await rehearse(at(address), leaving(etcd))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(etcd.log, ['remove 1'])
  })

test('the member is found by the ID that its own etcd reports, before its name', async () => {
  const members = membersAt('https://a.example:2380', 'https://b.example:2380', 'https://c.example:2380')
  const etcd = etcdCluster(members)
  const run = await rehearse(at('10.0.0.1'), leaving(etcd, etcdCluster(members, { answering: '3' }).patterns))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['remove 3'])
})

test('the old list of a survivor is not believed while there is a quorum', async () => {
  const etcd = etcdCluster(membersAt(...three), { outdated: membersAt(...three).slice(1) })
  const run = await rehearse(at('10.0.0.1'), leaving(etcd))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['remove 1'])
})

test('data is kept if none of the members is known to be the one of the host, unless it is forced', async () => {
  const strangers = membersAt(...three).slice(1)
  const etcd = etcdCluster(membersAt(...three), { outdated: strangers, quorum: false })
  const run = await rehearse(at('10.0.0.1'), leaving(etcd))
  assert.match(
    String(run.error),
    'host has etcd data, but etcd on m2 does not list a member at 10.0.0.1 or with its name: etcd member m2 at https://10.0.0.2:2380, etcd member m3 at https://10.0.0.3:2380',
  )
  assert.match(hintOf(run.error), 'reset_force=true')
  assert.equal(run.commands.apply, [])
  assert.ok(run.files.has(data))
  const forced = resetNode({ address: '10.0.0.1', masters: 'm2', force: true })
  assert.is((await rehearse(forced, leaving(etcdCluster(strangers)))).outcome, 'changed')
})

test('without a quorum, the local list says that it would be lost', async () => {
  const etcd = etcdCluster(membersAt(...three), { quorum: false })
  const run = await rehearse(at('10.0.0.1'), leaving(etcd))
  assert.match(String(run.error), 'without host, etcd would lose its quorum: 3 members, 2 needed, 0 healthy')
})

test('a reset that was interrupted after the member was removed continues', async () => {
  const etcd = etcdCluster(membersAt(...three))
  const world = leaving(etcd)
  const broken: World = { ...world, patterns: [[/^kubeadm reset/, { code: 1 }], ...(world.patterns ?? [])] }
  const first = await rehearse(at('10.0.0.1'), broken)
  assert.is(first.outcome, 'failed')
  const second = await rehearse(at('10.0.0.1'), { ...world, files: Object.fromEntries(first.files) })
  assert.is(second.outcome, 'changed', String(second.error))
  assert.equal(etcd.log, ['remove 1'])
})

test('a reset that was killed right after etcd removed the member continues', async () => {
  const etcd = etcdCluster(membersAt(...three))
  const world = leaving(etcd)
  // nothing is answered from the removal on, as for a run that was killed then
  const dead: World = {
    ...world,
    others: {
      m2: {
        patterns: etcd.patterns.map(([pattern, reply]) => [
          pattern,
          async (request, files) => {
            const answer = typeof reply === 'function' ? await reply(request, files) : reply
            return etcd.log.length === 0 ? answer : { code: 1 }
          },
        ]),
      },
    },
    unpredictable: 'the run is killed',
  }
  const first = await rehearse(at('10.0.0.1'), dead)
  assert.is(first.outcome, 'failed')
  const second = await rehearse(at('10.0.0.1'), { ...world, files: Object.fromEntries(first.files) })
  assert.is(second.outcome, 'changed', String(second.error))
  assert.equal(etcd.log, ['remove 1'])
})

const mark = '/var/lib/etcd/member/removed-by-coxswain'

/** Members of which none has the address or the name of the host. */
const strangers = (): FakeMember[] =>
  membersAt(...three).map((member, index) =>
    index > 0 ? member : { ...member, name: 'else', url: 'https://a.example:2380' },
  )

test('a reset that was killed before etcd removed the member removes that member', async () => {
  const etcd = etcdCluster(strangers())
  const world = leaving(etcd)
  const run = await rehearse(at('10.0.0.1'), { ...world, files: { ...world.files, [mark]: '1\n' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['remove 1'])
})

for (const [title, text, own] of [
  ['of another member than the one that runs', '9', '7'],
  ['without an ID', '', undefined],
] as const)
  test(`a record of a removal ${title} does not allow that data is deleted`, async () => {
    const etcd = etcdCluster(strangers())
    const answers = own === undefined ? silent : etcdCluster(strangers(), { answering: own }).patterns
    const world = leaving(etcd, answers)
    const run = await rehearse(at('10.0.0.1'), { ...world, files: { ...world.files, [mark]: text } })
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), 'host has etcd data, but etcd on m2 does not list a member at 10.0.0.1')
    assert.equal(etcd.log, [])
  })

test('a removal that etcd refuses leaves no record', async () => {
  const etcd = etcdCluster(membersAt(...three), { lost: { path: /remove/, made: false } })
  const run = await rehearse(at('10.0.0.1'), leaving(etcd))
  assert.is(run.outcome, 'failed')
  assert.not(run.files.has(mark))
})
