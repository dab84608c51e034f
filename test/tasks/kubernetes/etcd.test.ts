import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { keepsQuorum, parseMembers } from '../../../tasks/kubernetes/etcd.ts'
import { etcdMemberAdd } from '../../../tasks/kubernetes/etcd-member-add.ts'
import { etcdHealthy } from '../../../tasks/kubernetes/waits.ts'
import { suite } from '../../support/spec.ts'

const test = suite('etcd')

/** Ids of 64 bits: more than a JSON number holds. */
const ids = ['9268346582316432287', '5362356239562356239', '3333333333333333333']

interface FakeMember {
  name: string
  url: string
}

/** An etcd cluster of the imagination, seen by etcdctl from every host; `health` says whether all answer. */
const cluster = (members: FakeMember[], { health = true } = {}) => {
  const log: string[] = []
  const list = () =>
    JSON.stringify({
      members: members.map(({ name, url }, n) => ({
        ID: `#${n}`,
        ...(name !== '' && { name }),
        peerURLs: [url],
      })),
    }).replaceAll(/"#(\d)"/g, (_, n: string) => ids[Number(n)] ?? '0')
  const patterns: World['patterns'] = [
    [/etcdctl .* member list --write-out=json$/, () => list()],
    [
      /etcdctl .* endpoint health --cluster$/,
      () =>
        health && members.every(({ name }) => name !== '')
          ? members.map(({ url }) => `${url.replace('2380', '2379')} is healthy\n`).join('')
          : { code: 1 },
    ],
    [
      /etcdctl .* member add (\S+) --peer-urls=(\S+)$/,
      ({ script }) => {
        log.push(script.slice(script.indexOf('member add')))
        members.push({
          name: '',
          url: script.slice(script.indexOf('=https') + 1).replace(/^.*--peer-urls=/, ''),
        })
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
  'etcd:\n  local:\n    extraArgs:\n      initial-cluster: m1=x,m2=y\n      initial-cluster-state: existing\n'

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

const task = etcdMemberAdd({ via: 'm1', name: 'm2', address: '10.0.0.2', version: 'v1.20.2' })

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
  const members = ['1', '2', '3'].map((id) => ({ id, name: id, peerUrl: id, started: true }))
  const [first] = members
  if (first === undefined) throw new Error('no member')
  assert.is(keepsQuorum(members, first, 2), true)
  assert.is(keepsQuorum(members, first, 1), false)
  assert.is(keepsQuorum(members.slice(0, 2), first, 1), true)
  assert.is(keepsQuorum(members.slice(0, 1), first, 0), false)
})

test('a new member is added under its own name, started with the live list, and waited for', async () => {
  const etcd = cluster([m1])
  const { world, configs } = joining(etcd)
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(etcd.log, ['member add m2 --peer-urls=https://10.0.0.2:2380'])
  assert.match(configs[0] ?? '', 'initial-cluster: m1=https://10.0.0.1:2380,m2=https://10.0.0.2:2380\n')
  assert.is(run.files.has('/etc/coxswain/kubeadm.yaml.joining'), false)
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
    'member add m2 --peer-urls=https://10.0.0.2:2380',
  ])
})

test('while another one has not started, nobody is added', async () => {
  const etcd = cluster([m1, { name: '', url: 'https://10.0.0.3:2380' }])
  const run = await rehearse(task, joining(etcd).world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd waits for another member that has not started: https://10.0.0.3:2380')
  assert.equal(etcd.log, [])
})

test('data that belongs to no member is not overwritten', async () => {
  const etcd = cluster([m1])
  const run = await rehearse(task, joining(etcd, { '/var/lib/etcd/member/snap/db': 'x' }).world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'holds etcd data, but is no member of this cluster')
  assert.equal(etcd.log, [])
})

test('a cluster that is not healthy gets no new member', async () => {
  const etcd = cluster([m1], { health: false })
  const run = await rehearse(task, joining(etcd).world)
  assert.match(String(run.error), 'not every etcd member is healthy')
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

test('etcd-healthy counts the members that have started', async () => {
  const run = await rehearse(etcdHealthy({ members: 1, timeout: 0 }), {
    patterns: cluster([m1]).patterns ?? [],
  })
  assert.is(run.outcome, 'ok')
  const less = await rehearse(etcdHealthy({ members: 3, timeout: 0 }), {
    patterns: cluster([m1]).patterns ?? [],
  })
  assert.is(less.foretold, 'unknown')
  assert.match(String(less.error), 'etcd has 1 members, 1 started, all healthy; 3 are wanted')
})
