import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { withInitialCluster } from '../../../tasks/kubernetes/config/initial-cluster.ts'
import { parseMembers } from '../../../tasks/kubernetes/etcd/members.ts'
import { etcdMemberAdd } from '../../../tasks/kubernetes/etcd-member-add.ts'
import { etcdHealthy } from '../../../tasks/kubernetes/waits.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'
import { silentHost } from './silent-host.ts'

const test = suite('etcd')

const m1 = { name: 'm1', url: 'https://10.0.0.1:2380' }
const config =
  'kind: InitConfiguration\n---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration # ours\n'

const startCommand = /^kubeadm init phase etcd local --config \/etc\/coxswain\/kubeadm\.yaml\.joining/

/** A host on which `kubeadm init phase etcd local` starts the member. */
const joining = (etcd: ReturnType<typeof etcdCluster>, files: Record<string, string> = {}) => {
  const configs: string[] = []
  const world: World = {
    files: { '/etc/coxswain/kubeadm.yaml': config, ...files },
    patterns: [
      [
        startCommand,
        (_, all) => {
          configs.push(String(all.get('/etc/coxswain/kubeadm.yaml.joining')?.content))
          all.set('/etc/kubernetes/manifests/etcd.yaml', { content: 'pod' })
          all.set('/var/lib/etcd/member/wal', { content: '', type: 'directory' })
          const own = etcd.members.find(({ url }) => url === 'https://10.0.0.2:2380')
          if (own !== undefined) own.name = 'm2'
          return ''
        },
      ],
      ...etcd.patterns,
    ],
    others: { m1: { patterns: etcd.patterns } },
  }
  return { world, configs }
}

const params = { via: 'm1', name: 'm2', address: '10.0.0.2', version: 'v1.20.2' }
const task = etcdMemberAdd({ ...params, patience: 0 })

test('IDs keep all their digits, and a member that has not started does not have a name', () => {
  const members = parseMembers({
    members: [
      { ID: ids[0], name: 'm1', peerURLs: ['https://10.0.0.1:2380'] },
      { ID: '5', peerURLs: ['https://[fd00::2]:2380'] },
    ],
  })
  assert.equal(
    members?.map(({ id, started }) => [id, started]),
    [
      [ids[0], true],
      ['5', false],
    ],
  )
})

test('answers that etcd does not give are not taken for members', () => {
  const member = { ID: '5', name: 'm1', peerURLs: ['https://10.0.0.1:2380'] }
  for (const odd of [
    // a number has lost its last digits
    { ...member, ID: Number(ids[0]) },
    { ...member, ID: '0x5' },
    { ...member, clientURLs: ['file:///etc/shadow'] },
    { ...member, clientURLs: ['https://a/?x -o /etc/passwd'] },
    { ...member, name: 'x'.repeat(301) },
  ])
    assert.is(parseMembers({ members: [odd] }), undefined, JSON.stringify(odd))
  assert.is(parseMembers({ members: Array.from({ length: 101 }, () => member) }), undefined)
  assert.is(parseMembers('no'), undefined)
})

test('a new member is added under its own name, started with the current list, and waited for', async () => {
  const etcd = etcdCluster([m1])
  const { world, configs } = joining(etcd)
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['add https://10.0.0.2:2380 as a learner', `promote ${ids[1]}`])
  assert.match(configs[0] ?? '', 'initial-cluster: m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380\n')
  assert.match(configs[0] ?? '', 'initial-cluster-state: existing')
  assert.match(configs[0] ?? '', 'kind: ClusterConfiguration # ours')
  assert.is(run.files.has('/etc/coxswain/kubeadm.yaml.joining'), false)
})

test('the other members get time to respond: etcd could have just restarted', async () => {
  const etcd = etcdCluster([m1], { inVain: 1 })
  const run = await rehearse(etcdMemberAdd({ ...params, patience: 10 }), joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['add https://10.0.0.2:2380 as a learner', `promote ${ids[1]}`])
})

/** Why the result of the check is unknown. */
const waits = { unpredictable: 'the members of the others may get well while it waits for them' }

test('a member that does not respond in time is reported', async () => {
  const run = await rehearse(task, { ...joining(etcdCluster([m1], { inVain: 99 })).world, ...waits })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd on m1 does not respond')
})

test('a kubelet that did not admit its pod at startup is restarted', async () => {
  const etcd = etcdCluster([m1])
  const { world } = joining(etcd)
  let asked = 0
  const run = await rehearse(task, {
    ...world,
    replies: {
      'systemctl restart kubelet': () => {
        const own = etcd.members.find(({ url }) => url === 'https://10.0.0.2:2380')
        if (own !== undefined) own.name = 'm2'
        return ''
      },
    },
    patterns: [
      [
        // the manifest exists, but its pod is not started
        startCommand,
        (_, all) => {
          all.set('/etc/kubernetes/manifests/etcd.yaml', { content: 'pod' })
          return ''
        },
      ],
      [
        sentPattern('tasks/kubernetes/kubeadm/etcd-rejected.sh'),
        () => {
          asked += 1
          return ''
        },
      ],
      ...(world.patterns ?? []),
    ],
  })
  assert.equal([run.outcome, asked], ['changed', 1], String(run.error))
  assert.ok(run.commands.apply.includes('systemctl restart kubelet'))
})

test('a member that was added and never started is not added again', async () => {
  const etcd = etcdCluster([m1, { name: '', url: 'https://10.0.0.2:2380' }])
  const { world } = joining(etcd)
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, [])
})

test('a host that lost its data is removed from the list first, and then added', async () => {
  const etcd = etcdCluster(three(), { withoutData: ['10.0.0.2'] })
  const run = await rehearse(task, joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, [`remove ${ids[1]}`, 'add https://10.0.0.2:2380 as a learner', `promote ${ids[1]}`])
})

for (const [title, given, message] of [
  [
    'responds',
    {},
    'etcd member m2 at https://10.0.0.2:2380 responds, but host has nothing in /var/lib/etcd/member',
  ],
  ['could not be asked', { expired: ['10.0.0.2'] }, 'whether its member is lost is not known'],
] as const)
  test(`a member that ${title} stays in the list, although its host has no data where it is expected`, async () => {
    const etcd = etcdCluster(three(), given)
    const run = await rehearse(task, joining(etcd).world)
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.equal(run.commands.apply, [])
    assert.equal(etcd.log, [])
  })

test('while another member has not started, no member is added', async () => {
  const etcd = etcdCluster([m1, { name: '', url: 'https://10.0.0.3:2380' }])
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'another etcd member has not started yet: https://10.0.0.3:2380')
  assert.equal(etcd.log, [])
})

test('data that does not belong to a member is not overwritten', async () => {
  const etcd = etcdCluster([m1])
  const run = await rehearse(task, {
    ...joining(etcd, { '/var/lib/etcd/member/snap/db': 'x' }).world,
    unpredictable: 'the list of members is read when the others are well',
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'has etcd data, but is not a member of this cluster')
  assert.equal(etcd.log, [])
})

test('no member is added to an unhealthy cluster', async () => {
  const etcd = etcdCluster([m1], { silent: ['10.0.0.1'] })
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.match(
    String(run.error),
    'could break the quorum: etcd member m1 at https://10.0.0.1:2380 does not respond',
  )
  assert.equal(etcd.log, [])
})

test('an existing member is ok', async () => {
  const etcd = etcdCluster([m1, { name: 'm2', url: 'https://10.0.0.2:2380' }])
  const run = await rehearse(task, joining(etcd, { '/etc/kubernetes/manifests/etcd.yaml': 'pod' }).world)
  assert.is(run.outcome, 'ok')
})

test('an existing member is ok, although another one has not started yet', async () => {
  const etcd = etcdCluster([
    m1,
    { name: 'm2', url: 'https://10.0.0.2:2380' },
    { name: '', url: 'https://10.0.0.3:2380' },
  ])
  const run = await rehearse(task, joining(etcd, { '/etc/kubernetes/manifests/etcd.yaml': 'pod' }).world)
  assert.is(run.outcome, 'ok')
})

test('a started learner is promoted', async () => {
  const etcd = etcdCluster([m1, { name: 'm2', url: 'https://10.0.0.2:2380', learner: true }])
  const run = await rehearse(
    task,
    joining(etcd, { '/etc/kubernetes/manifests/etcd.yaml': 'pod', '/var/lib/etcd/member/wal': 'x' }).world,
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, [`promote ${ids[1]}`])
})

test('before 3.4 there are no learners', async () => {
  const etcd = etcdCluster([m1])
  const old = etcdMemberAdd({ via: 'm1', name: 'm2', address: '10.0.0.2', version: 'v1.16.15' })
  const run = await rehearse(old, joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['add https://10.0.0.2:2380'])
})

test('a member whose manifest is missing gets it again', async () => {
  const etcd = etcdCluster([m1, { name: 'm2', url: 'https://10.0.0.2:2380' }])
  const { world, configs } = joining(etcd, { '/var/lib/etcd/member/wal': 'x' })
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(configs.length, 1)
  assert.equal(etcd.log, [])
})

test('v1beta4 has its arguments in a list, and older versions keep the other arguments', () => {
  const list = withInitialCluster('apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n', 'a=b', {
    argumentsAs: 'list',
  })
  assert.match(list, '- name: initial-cluster\n        value: a=b\n')
  const flat =
    'apiVersion: kubeadm.k8s.io/v1alpha2\nkind: MasterConfiguration\netcd:\n  local:\n    extraArgs:\n      listen-peer-urls: x\n      initial-cluster: old\n'
  const edited = withInitialCluster(flat, 'a=b', { argumentsAs: 'map' })
  assert.match(
    edited,
    'listen-peer-urls: x\n      initial-cluster: a=b\n      initial-cluster-state: existing',
  )
})

test('etcd-healthy counts the started members', async () => {
  const run = await rehearse(etcdHealthy({ members: 1, timeout: 0 }), {
    patterns: etcdCluster([m1]).patterns,
  })
  assert.is(run.outcome, 'ok')
  const less = await rehearse(etcdHealthy({ members: 3, timeout: 0 }), {
    patterns: [...etcdCluster([m1]).patterns, ...silentHost],
  })
  assert.is(less.predicted, 'unknown')
  assert.match(String(less.error), 'etcd has 1 members, not 3')
})

const three = () => [
  { ...m1 },
  { name: 'm2', url: 'https://10.0.0.2:2380' },
  { name: 'm3', url: 'https://10.0.0.3:2380' },
]
const healthy = etcdHealthy({ members: 3, timeout: 0 })

test('etcd-healthy names the members that do not respond, and one that another answers for', async () => {
  const some = await rehearse(healthy, {
    patterns: [...etcdCluster(three(), { silent: ['10.0.0.3'] }).patterns, ...silentHost],
  })
  assert.match(String(some.error), 'etcd member m3 at https://10.0.0.3:2380 does not respond')
  assert.not.match(String(some.error), 'm1 at')
  const swapped = etcdCluster(three())
  const other: World['patterns'] = [
    [
      /kv\/range/,
      ['1', '2', '1']
        .map(
          (who, n) =>
            `https://10.0.0.${n + 1}:2379\t200\t{"header":{"member_id":"${ids[Number(who) - 1]}"}}\n`,
        )
        .join(''),
    ],
  ]
  const run = await rehearse(healthy, { patterns: [...other, ...swapped.patterns, ...silentHost] })
  assert.match(
    String(run.error),
    'etcd member m3 at https://10.0.0.3:2380 could not be asked: another member answers at its client URL',
  )
})

test('an alarm is named with its member and what to do, at once', async () => {
  for (const [alarm, means, cure] of [
    ['NOSPACE', 'its database has reached the quota', /run playbooks\/etcd-alarm\.ts/],
    [
      'CORRUPT',
      'its data differs',
      /hashkv [^]*run reset-node on it \(the alarm names m2\), then etcd-alarm-clear/,
    ],
  ] as const) {
    const { patterns } = etcdCluster(three(), { alarms: [{ member: 1, alarm }] })
    const run = await rehearse(etcdHealthy({ members: 3, timeout: 300 }), { patterns })
    assert.is(run.outcome, 'failed')
    assert.match(
      String(run.error),
      `etcd member m2 at https://10.0.0.2:2380 has raised the alarm ${alarm}: ${means}`,
    )
    assert.match(hintOf(run.error), cure)
  }
})

test('no member is added while an alarm is raised, and --check says so', async () => {
  const etcd = etcdCluster([m1], { alarms: [{ member: 0, alarm: 'NOSPACE' }] })
  const run = await rehearse(task, joining(etcd).world)
  assert.match(String(run.error), 'has raised the alarm NOSPACE')
  assert.is(run.predicted, 'failed')
  assert.equal([etcd.log, run.commands.apply], [[], []])
})

test('an etcd that could not be asked is not one that does not respond', async () => {
  const cannot = (code: number): World => ({
    patterns: [[sentPattern('tasks/kubernetes/etcd/ask-members.sh'), { code }], ...silentHost],
  })
  const run = await rehearse(etcdHealthy({ members: 3, timeout: 300 }), cannot(101))
  assert.match(String(run.error), 'cannot ask etcd on host: neither curl nor kubectl is installed')
  const bare = await rehearse(etcdHealthy({ members: 3, timeout: 0 }), cannot(102))
  assert.match(String(bare.error), 'etcd on host does not respond')
  const without = await rehearse(etcdHealthy({ members: 3, timeout: 0 }), cannot(103))
  assert.match(
    String(without.error),
    'cannot ask etcd on host: /etc/kubernetes/pki/etcd has no ca.crt, or none of healthcheck-client, peer and server with its key',
  )
  for (const [answer, why] of [
    ['unasked\tcurl: (60) SSL certificate problem', /cannot ask etcd on host: curl: \(60\) SSL/],
    ['404\tNot Found', /its JSON gateway is turned off/],
    ['200\t<html>', /the answer is not JSON: <html>/],
    ['200\t{"members":[{"ID":5}]}', /the answer is not a list of members/],
  ] as const) {
    const odd = await rehearse(etcdHealthy({ members: 3, timeout: 300 }), {
      patterns: [
        [sentPattern('tasks/kubernetes/etcd/ask-members.sh'), `https://127.0.0.1:2379\t${answer}\n`],
      ],
    })
    assert.is(odd.outcome, 'failed')
    assert.match(String(odd.error), why)
  }
})

test('what etcd says in a refusal is shown, in the form of each of its versions', async () => {
  for (const body of [
    '{"code":9, "message":"etcdserver: too many learner members in cluster"}',
    '{"error":"etcdserver: too many learner members in cluster","message":"etcdserver: too many learner members in cluster","code":9}',
  ]) {
    const etcd = etcdCluster([m1])
    const { world } = joining(etcd)
    const refusal: NonNullable<World['patterns']>[number] = [
      /cluster\/member\/add/,
      `https://127.0.0.1:2379\t400\t${body}\n`,
    ]
    const run = await rehearse(task, {
      ...world,
      ...waits,
      others: { m1: { patterns: [refusal, ...etcd.patterns] } },
    })
    assert.match(
      String(run.error),
      'etcd on m1 refused the request (add the etcd member https://10.0.0.2:2380): etcdserver: too many learner members in cluster',
    )
  }
})

test('a change whose answer is lost is looked for, and not made again', async () => {
  const etcd = etcdCluster([m1], { lost: { path: /add$/, made: true } })
  const run = await rehearse(task, joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['add https://10.0.0.2:2380 as a learner', `promote ${ids[1]}`])

  const inVain = etcdCluster([m1], { lost: { path: /add$/, made: false } })
  const failed = await rehearse(task, { ...joining(inVain).world, ...waits })
  assert.match(
    String(failed.error),
    'etcd on m1 did not answer (add the etcd member https://10.0.0.2:2380): curl: (28)',
  )
  assert.equal(inVain.log, ['add https://10.0.0.2:2380 as a learner'])
})

test('a learner of another host that has started is promoted before the next one is added', async () => {
  const etcd = etcdCluster([m1, { name: 'm3', url: 'https://10.0.0.3:2380', learner: true }])
  const run = await rehearse(etcdMemberAdd({ ...params, patience: 5 }), joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, [`promote ${ids[1]}`, 'add https://10.0.0.2:2380 as a learner', `promote ${ids[2]}`])
})

test('a member that lost its data stays in the list if the others do not have a quorum', async () => {
  const etcd = etcdCluster(three(), { silent: ['10.0.0.2', '10.0.0.3'] })
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.match(
    String(run.error),
    'host has lost its etcd data, and the other members do not have a quorum: 3 members, 2 needed,',
  )
  assert.equal(etcd.log, [])
})

test('while a member could not be asked, none is added, and the removal of one that may work is not proposed', async () => {
  const etcd = etcdCluster([m1, { name: 'm3', url: 'https://10.0.0.3:2380' }], { expired: ['10.0.0.3'] })
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.match(String(run.error), 'etcd member m3 at https://10.0.0.3:2380 could not be asked: curl: (60)')
  assert.match(hintOf(run.error), 'renew-certs')
  assert.not.match(hintOf(run.error), 'remove')
  assert.equal(etcd.log, [])
})

test('a member that lost its data stays in the list while it is not known whether the others have a quorum', async () => {
  const etcd = etcdCluster(three(), { silent: ['10.0.0.2'], expired: ['10.0.0.3'] })
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.match(
    String(run.error),
    'host has lost its etcd data, and whether the other members have a quorum is not known: 3 members, 2 needed, 1 healthy, 1 not known',
  )
  assert.match(hintOf(run.error), 'renew-certs')
  assert.not.match(hintOf(run.error), 'snapshot')
  assert.equal(etcd.log, [])
})

test('the exact requests: files of a client, a path, and JSON; only changes are sent as such', async () => {
  const etcd = etcdCluster([m1])
  const sentToLeader: string[] = []
  const [[pattern, reply] = [/x/, '']] = etcd.patterns
  const spy: World = {
    patterns: [
      [
        pattern,
        (request, files) => {
          sentToLeader.push(request.script)
          return typeof reply === 'function' ? reply(request, files) : reply
        },
      ],
    ],
  }
  await rehearse(task, { ...joining(etcd).world, others: { m1: spy } })
  const asked = (path: string, body: object, ...urls: readonly string[]): string =>
    sent(
      'tasks/kubernetes/etcd/ask-members.sh',
      '/etc/kubernetes/pki/etcd/ca.crt',
      ['healthcheck-client', 'peer', 'server'].map((one) => `/etc/kubernetes/pki/etcd/${one}`).join(' '),
      '/etc/kubernetes/manifests/etcd.yaml',
      path,
      JSON.stringify(body),
      10,
      ...urls,
    )
  for (const request of [
    asked('cluster/member/list', {}, 'local'),
    asked('kv/range', { key: 'aGVhbHRo', count_only: true }, 'https://10.0.0.1:2379'),
    asked('maintenance/alarm', {}, 'local'),
    asked('cluster/member/add', { peerURLs: ['https://10.0.0.2:2380'], isLearner: true }, 'local'),
    asked('cluster/member/promote', { ID: ids[1] }, 'local'),
  ])
    assert.ok(sentToLeader.includes(request), request.split('\n')[0])
})
