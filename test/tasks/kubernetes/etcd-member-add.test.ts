import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { joiningConfig } from '../../../tasks/kubernetes/config/joining.ts'
import { keepsQuorum, parseMembers } from '../../../tasks/kubernetes/etcd/etcd.ts'
import { etcdMemberAdd } from '../../../tasks/kubernetes/etcd-member-add.ts'
import { etcdHealthy } from '../../../tasks/kubernetes/waits.ts'
import { suite } from '../../support/spec.ts'

const test = suite('etcd')

/** Ids of 64 bits: more than a JSON number holds. */
const ids = ['9268346582316432287', '5362356239562356239', '3333333333333333333']

interface FakeMember {
  name: string
  url: string
  learner?: boolean
}

/** An etcd cluster of the imagination, seen from every host; `health` says whether all with a vote answer, `silent` how often it does not answer at first. */
const cluster = (members: FakeMember[], { health = true, silent = 0 } = {}) => {
  let unanswered = silent
  const log: string[] = []
  const list = () =>
    JSON.stringify({
      members: members.map(({ name, url, learner = false }, n) => ({
        ID: `#${n}`,
        ...(name !== '' && { name, clientURLs: [url.replace('2380', '2379')] }),
        peerURLs: [url],
        ...(learner && { isLearner: true }),
      })),
    }).replaceAll(/"#(\d)"/g, (_, n: string) => ids[Number(n)] ?? '0')
  const patterns: World['patterns'] = [
    [
      /^curl .*member\/list \|\| .* member list --write-out=json/,
      () => ((unanswered -= 1) >= 0 ? { code: 1 } : list()),
    ],
    [
      /etcdctl .* endpoint health --cluster$/,
      () => {
        const well = members.filter(({ name, learner }) => health && name !== '' && learner !== true)
        const text = well.map(({ url }) => `${url.replace('2380', '2379')} is healthy\n`).join('')
        return { code: well.length === members.length ? 0 : 1, stdout: text }
      },
    ],
    [
      /etcdctl .* member add \S+ --peer-urls=\S+( --learner)?$/,
      ({ script }) => {
        log.push(script.slice(script.indexOf('member add')))
        const [, url = ''] = /--peer-urls=(\S+)/.exec(script) ?? []
        members.push({ name: '', url, learner: script.endsWith('--learner') })
        return ''
      },
    ],
    [
      /etcdctl .* member promote (\S+)$/,
      ({ script }) => {
        log.push('promote')
        const id = script.split(' ').at(-1)
        const found = members[ids.findIndex((one) => BigInt(one).toString(16) === id)]
        if (found !== undefined) found.learner = false
        return ''
      },
    ],
    [
      /etcdctl .* member remove (\S+)$/,
      ({ script }) => {
        log.push(script.slice(script.indexOf('member remove')))
        const id = script.split(' ').at(-1)
        members.splice(
          ids.findIndex((one) => BigInt(one).toString(16) === id),
          1,
        )
        return ''
      },
    ],
  ]
  return { members, log, patterns }
}

const m1 = { name: 'm1', url: 'https://10.0.0.1:2380' }
const config =
  'kind: InitConfiguration\n---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration # ours\n'

/** A host on which `kubeadm init phase etcd local` starts the member. */
const joining = (etcd: ReturnType<typeof cluster>, files: Record<string, string> = {}) => {
  const configs: string[] = []
  const world: World = {
    files: { '/etc/coxswain/kubeadm.yaml': config, ...files },
    replies: {
      'kubeadm init phase etcd local --config /etc/coxswain/kubeadm.yaml.joining': (_, all) => {
        configs.push(String(all.get('/etc/coxswain/kubeadm.yaml.joining')?.content))
        all.set('/etc/kubernetes/manifests/etcd.yaml', { content: 'pod' })
        all.set('/var/lib/etcd/member', { content: '', type: 'directory' })
        const own = etcd.members.find(({ url }) => url === 'https://10.0.0.2:2380')
        if (own !== undefined) own.name = 'm2'
        return ''
      },
    },
    patterns: etcd.patterns ?? [],
    others: { m1: { patterns: etcd.patterns ?? [] } },
  }
  return { world, configs }
}

const params = { via: 'm1', name: 'm2', address: '10.0.0.2', version: 'v1.20.2' }
const task = etcdMemberAdd({ ...params, patience: 0 })

test('ids keep all their digits, and who has not started has no name', () => {
  const members = parseMembers(
    `{"members":[{"ID":${ids[0]},"name":"m1","peerURLs":["https://10.0.0.1:2380"]},{"ID":5,"peerURLs":["https://10.0.0.2:2380"]}]}`,
  )
  assert.equal(
    members.map(({ id, started }) => [BigInt(`0x${id}`).toString(), started]),
    [
      [ids[0], true],
      ['5', false],
    ],
  )
})

test('who may leave: the rest must hold a majority of healthy members', () => {
  const members = ['1', '2', '3'].map((id) => ({
    id,
    name: id,
    peerUrl: id,
    clientUrls: [],
    started: true,
    learner: false,
  }))
  const [first, second] = members
  if (first === undefined) throw new Error('no member')
  assert.is(keepsQuorum(members, first, 2), true)
  assert.is(keepsQuorum(members, first, 1), false)
  assert.is(keepsQuorum(members.slice(0, 2), first, 1), true)
  assert.is(keepsQuorum(members.slice(0, 1), first, 0), false)
  if (second === undefined) throw new Error('no member')
  // who has no vote is no loss, and no help
  assert.is(keepsQuorum([first, { ...second, learner: true }], first, 1), false)
  assert.is(keepsQuorum([first, { ...second, learner: true }], second, 1), true)
})

test('a new member is added under its own name, started with the live list, and waited for', async () => {
  const etcd = cluster([m1])
  const { world, configs } = joining(etcd)
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['member add m2 --peer-urls=https://10.0.0.2:2380 --learner', 'promote'])
  assert.match(configs[0] ?? '', 'initial-cluster: m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380\n')
  assert.match(configs[0] ?? '', 'initial-cluster-state: existing')
  assert.match(configs[0] ?? '', 'kind: ClusterConfiguration # ours')
  assert.is(run.files.has('/etc/coxswain/kubeadm.yaml.joining'), false)
})

test('the others are given time: etcd may have been restarted a moment ago', async () => {
  const etcd = cluster([m1], { silent: 1 })
  const run = await rehearse(etcdMemberAdd({ ...params, patience: 10 }), joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['member add m2 --peer-urls=https://10.0.0.2:2380 --learner', 'promote'])
})

/** Why the check does not know. */
const waits = { unpredictable: 'the members of the others may get well while it waits for them' }

test('one that does not answer in time is said', async () => {
  const run = await rehearse(task, { ...joining(cluster([m1], { silent: 99 })).world, ...waits })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd on m1 does not answer')
})

test('a kubelet that turned its pod away as it started is started anew', async () => {
  const etcd = cluster([m1])
  const { world } = joining(etcd)
  const { replies = {} } = world
  const kubeadm = 'kubeadm init phase etcd local --config /etc/coxswain/kubeadm.yaml.joining'
  let asked = 0
  const run = await rehearse(task, {
    ...world,
    replies: {
      ...replies,
      // the manifest is there, and nobody starts what it says
      [kubeadm]: (_, all) => {
        all.set('/etc/kubernetes/manifests/etcd.yaml', { content: 'pod' })
        return ''
      },
      'systemctl restart kubelet': () => {
        const own = etcd.members.find(({ url }) => url === 'https://10.0.0.2:2380')
        if (own !== undefined) own.name = 'm2'
        return ''
      },
    },
    patterns: [
      [
        /^i=.*grep -q 'Failed to admit pod\.\*etcd-'$/,
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

test('one that was added and never started is not added again', async () => {
  const etcd = cluster([m1, { name: '', url: 'https://10.0.0.2:2380' }])
  const { world } = joining(etcd)
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, [])
})

test('a host that lost its data is taken off the list first, and then added', async () => {
  const etcd = cluster([
    m1,
    { name: 'm2', url: 'https://10.0.0.2:2380' },
    { name: 'm3', url: 'https://10.0.0.3:2380' },
  ])
  const run = await rehearse(task, joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, [
    `member remove ${BigInt(ids[1] ?? 0).toString(16)}`,
    'member add m2 --peer-urls=https://10.0.0.2:2380 --learner',
    'promote',
  ])
})

test('while another one has not started, nobody is added', async () => {
  const etcd = cluster([m1, { name: '', url: 'https://10.0.0.3:2380' }])
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd waits for another member that has not started: https://10.0.0.3:2380')
  assert.equal(etcd.log, [])
})

test('data that belongs to no member is not overwritten', async () => {
  const etcd = cluster([m1])
  const run = await rehearse(task, {
    ...joining(etcd, { '/var/lib/etcd/member/snap/db': 'x' }).world,
    unpredictable: 'the list of members is read when the others are well',
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'has etcd data, but is not a member of this cluster')
  assert.equal(etcd.log, [])
})

test('a cluster that is not healthy gets no new member', async () => {
  const etcd = cluster([m1], { health: false })
  const run = await rehearse(task, { ...joining(etcd).world, ...waits })
  assert.match(String(run.error), 'could cost the quorum: etcd at https://10.0.0.1:2380 does not answer')
  assert.equal(etcd.log, [])
})

test('a member that is there is left alone', async () => {
  const etcd = cluster([m1, { name: 'm2', url: 'https://10.0.0.2:2380' }])
  const run = await rehearse(task, joining(etcd, { '/etc/kubernetes/manifests/etcd.yaml': 'pod' }).world)
  assert.is(run.outcome, 'ok')
})

test('a member that is there is left alone, though another one has not started yet', async () => {
  const etcd = cluster([
    m1,
    { name: 'm2', url: 'https://10.0.0.2:2380' },
    { name: '', url: 'https://10.0.0.3:2380' },
  ])
  const run = await rehearse(task, joining(etcd, { '/etc/kubernetes/manifests/etcd.yaml': 'pod' }).world)
  assert.is(run.outcome, 'ok')
})

test('one that has started and has no vote is given one', async () => {
  const etcd = cluster([m1, { name: 'm2', url: 'https://10.0.0.2:2380', learner: true }])
  const run = await rehearse(
    task,
    joining(etcd, { '/etc/kubernetes/manifests/etcd.yaml': 'pod', '/var/lib/etcd/member/wal': 'x' }).world,
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['promote'])
})

test('before 3.4 there were no learners', async () => {
  const etcd = cluster([m1])
  const old = etcdMemberAdd({ via: 'm1', name: 'm2', address: '10.0.0.2', version: 'v1.16.15' })
  const run = await rehearse(old, joining(etcd).world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['member add m2 --peer-urls=https://10.0.0.2:2380'])
})

test('a member whose manifest is gone gets it again', async () => {
  const etcd = cluster([m1, { name: 'm2', url: 'https://10.0.0.2:2380' }])
  const { world, configs } = joining(etcd, { '/var/lib/etcd/member/wal': 'x' })
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(configs.length, 1)
  assert.equal(etcd.log, [])
})

test('v1beta4 has its arguments in a list, and the older ones keep what is beside', () => {
  const list = joiningConfig('apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n', 'a=b')
  assert.match(list, '- name: initial-cluster\n        value: a=b\n')
  const flat =
    'apiVersion: kubeadm.k8s.io/v1alpha2\nkind: MasterConfiguration\netcd:\n  local:\n    extraArgs:\n      listen-peer-urls: x\n      initial-cluster: old\n'
  const edited = joiningConfig(flat, 'a=b')
  assert.match(
    edited,
    'listen-peer-urls: x\n      initial-cluster: a=b\n      initial-cluster-state: existing',
  )
})

test('etcd-healthy counts the members that have started', async () => {
  const run = await rehearse(etcdHealthy({ members: 1, timeout: 0 }), {
    patterns: cluster([m1]).patterns ?? [],
  })
  assert.is(run.outcome, 'ok')
  const less = await rehearse(etcdHealthy({ members: 3, timeout: 0 }), {
    patterns: cluster([m1]).patterns ?? [],
  })
  assert.is(less.foretold, 'unknown')
  assert.match(String(less.error), 'etcd has 1 members, not 3')
})
