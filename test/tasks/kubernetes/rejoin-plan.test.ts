/** What is known before the first master leaves. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { rejoinPlan } from '../../../tasks/kubernetes/rejoin-plan.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'
import { filesOf, record } from './rejoin-world.ts'

const test = suite('rejoin-plan')

/** The host that asks is the first master. */
const now = [
  { name: 'm1', address: '10.0.0.1' },
  { name: 'm2', address: '10.0.0.2' },
  { name: 'm3', address: '10.0.0.3' },
] as const

interface Options {
  readonly silent?: readonly string[]
  /** Addresses that are not reached. */
  readonly unreached?: readonly string[]
  /** Nodes of the cluster. */
  readonly nodes?: readonly string[]
  readonly volumes?: object
  readonly files?: NonNullable<World['files']>
  readonly count?: number
}

/** Masters whose names in the inventory are `host`, `m2` and `m3`. */
const world = ({
  silent = [],
  unreached = [],
  nodes = [],
  volumes = { items: [] },
  files = {},
  count = 3,
}: Options = {}): World => {
  const etcd = etcdCluster(
    now
      .slice(0, count)
      .map(({ name, address }, at) => ({ name, url: `https://${address}:2380`, id: `${at + 1}` })),
    { silent },
  )
  const patterns: NonNullable<World['patterns']> = [
    [
      sentPattern('tasks/kubernetes/rejoin/reach-many.sh'),
      ({ script }) =>
        wordsIn(script)
          .split(' ')
          .map((address) => `${address} ${unreached.includes(address) ? 'timed out' : 'open'}\n`)
          .join(''),
    ],
    [
      /get node (\S+) --ignore-not-found -o json$/,
      ({ script }) => {
        const [, name = ''] = /get node (\S+) /.exec(script) ?? []
        return nodes.includes(name) ? JSON.stringify({ metadata: { name, resourceVersion: '1' } }) : ''
      },
    ],
    [/get persistentvolumes -o json$/, JSON.stringify(volumes)],
    ...etcd.patterns,
  ]
  const [first, ...others] = now.slice(0, count)
  return {
    files: { ...filesOf(first ?? now[0]), ...files },
    patterns,
    others: Object.fromEntries(others.map((one) => [one.name, { files: filesOf(one), patterns }])),
  }
}

/** The plan of an inventory in which the first master, `host`, is another one. */
const planOf = (first: string, others = ['m2 at 10.0.0.2', 'm3 at 10.0.0.3'], peers = ['m2']) =>
  rejoinPlan({
    masters: [first, ...others].map((text) => {
      const [name = '', address = ''] = text.split(' at ')
      return { name, address }
    }),
    endpoint: '10.0.0.10:6443',
    peers,
  })

/** Everything that a refused plan says. */
const refusal = async (task: ReturnType<typeof planOf>, given: World): Promise<string> => {
  const run = await rehearse(task, given)
  assert.is(run.outcome, 'failed', String(run.error))
  assert.is(run.predicted, 'failed')
  return `${JSON.stringify(run.error)} ${String(run.error)} ${hintOf(run.error)}`
}

test('it says what changes, and the quorum of etcd after each step', async () => {
  const text = await valueOf(planOf('host at 10.0.0.21', ['m2 at 10.0.0.22', 'm3 at 10.0.0.3']), world())
  assert.equal(text, [
    'm1 at 10.0.0.1 becomes host at 10.0.0.21',
    'm2 at 10.0.0.2 becomes m2 at 10.0.0.22',
    '3 members, 2 needed, 3 healthy; after removing m1: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    '2 members, 2 needed, 2 healthy; after adding host: 3 members, 2 needed, 3 healthy: 1 more member can fail',
    '3 members, 2 needed, 3 healthy; after removing m2: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
    '2 members, 2 needed, 2 healthy; after adding m2: 3 members, 2 needed, 3 healthy: 1 more member can fail',
  ])
})

test('an interrupted change comes first, and where nothing changes, nothing is asked', async () => {
  const interrupted = {
    [record]: JSON.stringify({
      from: { name: 'm1', address: '10.0.0.1', peer: '10.0.0.1' },
      to: { name: 'host', address: '10.0.0.21' },
      stage: 'leaving',
      kept: { labels: {}, annotations: {}, taints: [], cordoned: false },
    }),
  }
  const text = await valueOf(planOf('host at 10.0.0.21'), world({ files: interrupted }))
  assert.match(
    String(text),
    'm1 at 10.0.0.1 becomes host at 10.0.0.21, which an earlier run has begun (leaving)',
  )
  const quiet = rejoinPlan({ masters: [now[1], now[2]], endpoint: '10.0.0.10:6443' })
  assert.equal(await valueOf(quiet, { others: world().others ?? {} }), [])
})

test('refused: addresses that a host does not reach, with all that is wrong at once', async () => {
  const text = await refusal(
    planOf('host at 10.0.0.21'),
    world({
      unreached: ['10.0.0.21', '10.0.0.3'],
      nodes: ['host'],
      volumes: {
        items: [
          {
            metadata: { name: 'pv-1' },
            spec: {
              nodeAffinity: { x: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['m1'] }] },
            },
          },
        ],
      },
    }),
  )
  for (const part of [
    '5 faults in the new names and addresses',
    'm2: it does not reach 10.0.0.21 (timed out)',
    'm3: it does not reach 10.0.0.21 (timed out)',
    'host: it does not reach 10.0.0.3 (timed out)',
    'host: the cluster already has a node host',
    'local data of pv-1 (PersistentVolume) is only on a node named m1',
    'nothing was changed',
  ])
    assert.match(text, part)
})

test('refused: a host that is not a master yet, and an etcd that kubeadm did not make', async () => {
  const none = world()
  assert.match(
    await refusal(planOf('host at 10.0.0.21'), { ...none, others: { ...none.others, m3: {} } }),
    'm3: it is not a control-plane node',
  )
  const { '/etc/kubernetes/manifests/etcd.yaml': _, ...files } = filesOf(now[0])
  assert.match(await refusal(planOf('host at 10.0.0.21'), { ...none, files }), 'without an etcd of kubeadm')
})

test('refused: the only master, and a quorum that would be lost', async () => {
  assert.match(
    await refusal(planOf('host at 10.0.0.21', [], []), world({ count: 1 })),
    /etcd would lose its quorum: 1 member, 1 needed, 1 healthy; after removing m1: 0 members/,
  )
  assert.match(
    await refusal(planOf('host at 10.0.0.21'), world({ silent: ['10.0.0.3'] })),
    'etcd would lose its quorum: 3 members, 2 needed, 2 healthy; after removing m1',
  )
})
