import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { resetNode } from '../../../tasks/kubernetes/reset-node.ts'
import { suite } from '../../support/spec.ts'

const test = suite('reset-node')

const directory = { content: '', type: 'directory' as const }
const trace = {
  '/etc/kubernetes/admin.conf': 'config',
  '/etc/kubernetes/pki/ca.key': 'k',
  '/etc/cni/net.d/10-net.conflist': 'x',
  '/var/lib/kubelet/config.yaml': 'x',
  '/var/lib/etcd/member': directory,
}
const ids = ['1', '2', '3']
const members = (count: number): string =>
  JSON.stringify({
    members: ids.slice(0, count).map((id) => ({
      ID: Number(id),
      name: `m${id}`,
      peerURLs: [`https://10.0.0.${id}:2380`],
      clientURLs: [`https://10.0.0.${id}:2379`],
    })),
  })

interface Etcd {
  readonly count?: number
  readonly healthy?: number
  /** What the host that goes, and the other master, get to hear when they ask for the list. */
  readonly answers?: { readonly own?: boolean; readonly other?: boolean }
  /** Whether etcd can agree on a removal. */
  readonly quorum?: boolean
}

/** A node to be reset, and another master that sees so many members, so many of them healthy. */
const resetting = ({ count = 3, healthy = 3, answers = {}, quorum = true }: Etcd = {}) => {
  const removed: string[] = []
  const { own = true, other = true } = answers
  const etcd = (answer: boolean): NonNullable<World['patterns']> => [
    [/member list/, answer ? members(count) : { code: 1 }],
    [
      /endpoint health/,
      ids
        .slice(0, healthy)
        .map((id) => `https://10.0.0.${id}:2379 is healthy\n`)
        .join(''),
    ],
    [
      /member remove (\S+)$/,
      ({ script }) => {
        if (!quorum) return { code: 1, stderr: 'context deadline exceeded' }
        removed.push(script.split(' ').at(-1) ?? '')
        return ''
      },
    ],
    [
      /delete node host/,
      () => {
        removed.push('Node')
        return ''
      },
    ],
  ]
  const world: World = {
    files: trace,
    patterns: [
      [/^getent passwd root/, 'root:x:0:0::/root:/bin/sh\nroot\n'],
      [/^kubeadm version -o short$/, 'v1.20.2'],
      [/^kubeadm reset|^systemctl stop|ip link|iptables|umount|\/proc\/mounts/, ''],
      [
        /find (\S+) -xdev -mindepth 1 -delete/,
        ({ script }, files) => {
          const at = /find (\S+)/.exec(script)?.[1] ?? ''
          for (const path of files.keys()) if (path.startsWith(`${at}/`)) files.delete(path)
          return ''
        },
      ],
      ...etcd(own),
    ],
    others: { m2: { patterns: etcd(other) } },
  }
  return { world, removed }
}
const known = { address: '10.0.0.1', masters: 'm2' }

/** Asserts that a reset fails with a message, and that nothing was done. */
const refuses = async (task: ReturnType<typeof resetNode>, etcd: Etcd, message: string): Promise<void> => {
  const { world, removed } = resetting(etcd)
  const run = await rehearse(task, world)
  assert.match(String(run.error), message)
  assert.equal(removed, [])
  assert.equal(run.commands.apply, [])
  assert.ok(run.files.has('/var/lib/etcd/member'))
}

test('a host that has nothing is left alone', async () => {
  const account: World['patterns'] = [[/^getent passwd root/, 'root:x:0:0::/root:/bin/sh\nroot\n']]
  assert.is((await rehearse(resetNode(known), { patterns: account })).outcome, 'ok')
  // the network of another tool, the kubeconfig of another cluster, the folder of an installed kubelet
  const files = {
    '/etc/cni/net.d/87-podman.conflist': 'x',
    '/root/.kube/config': 'other',
    '/etc/kubernetes/manifests': directory,
  }
  const run = await rehearse(resetNode(known), { files, patterns: account })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('the etcd member leaves first, and the Node, then everything goes', async () => {
  const { world, removed } = resetting()
  const run = await rehearse(resetNode({ ...known, criSocket: '/run/c.sock' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(removed, ['1', 'Node'])
  assert.is(
    run.commands.apply[0],
    'kubeadm reset -f --skip-phases=remove-etcd-member --cri-socket=/run/c.sock',
  )
  assert.equal(
    [...run.files.keys()].filter((path) => path in trace || path.startsWith('/etc/coxswain')),
    [],
  )
})

test('before 1.15 reset had no phases to skip', async () => {
  const { world } = resetting()
  const old: World = { ...world, patterns: [[/^kubeadm version/, 'v1.14.10'], ...(world.patterns ?? [])] }
  const run = await rehearse(resetNode(known), old)
  assert.is(run.commands.apply[0], 'kubeadm reset -f')
})

test('it refuses where the others would lose their quorum, unless it is forced', async () => {
  await refuses(resetNode(known), { healthy: 2 }, 'without host etcd would lose its quorum')
  const { world, removed } = resetting({ healthy: 2, quorum: false })
  const run = await rehearse(resetNode({ ...known, force: 'true' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  // nobody could agree on the removal any more, and the host is taken back all the same
  assert.equal(removed, ['Node'])
})

test('where no etcd answers nobody knows what the data is worth: it stays, unless it is forced', async () => {
  const silent = { answers: { own: false, other: false } }
  await refuses(resetNode(known), silent, 'holds etcd data, and no other master')
  const { world } = resetting(silent)
  const run = await rehearse(resetNode({ ...known, force: true }), world)
  assert.is(run.outcome, 'changed', String(run.error))
})

test('the last master may go when it is told to be the last, and no other holds data', async () => {
  const alone = { count: 1, answers: { other: false } }
  await refuses(resetNode(known), alone, 'holds etcd data, and no other master')
  const { world } = resetting(alone)
  assert.is((await rehearse(resetNode({ ...known, last: true }), world)).outcome, 'changed')
  const held = resetting(alone).world
  const others = { m2: { files: { '/var/lib/etcd/member': directory }, ...held.others?.['m2'] } }
  const run = await rehearse(resetNode({ ...known, last: true }), { ...held, others })
  assert.match(String(run.error), 'holds etcd data, and no other master')
})

test('what stays mounted is not emptied', async () => {
  const { world } = resetting()
  const busy: World = {
    ...world,
    patterns: [
      [/^sh -c 'awk .*print \$2 \} *'?\\?'* \/proc\/mounts'$/, '/var/lib/kubelet/pods/1/volumes/nfs\n'],
      ...(world.patterns ?? []),
    ],
  }
  const run = await rehearse(resetNode(known), busy)
  assert.match(String(run.error), 'cannot unmount /var/lib/kubelet/pods/1/volumes/nfs')
  assert.not.ok(run.commands.apply.some((command) => command.includes('find ')))
})

test('copies of the kubeconfig go, those of other clusters stay', async () => {
  const { world } = resetting()
  const accounts: World['patterns'] = [[/^getent passwd ops/, 'ops:x:1:1::/home/ops:/bin/sh\nops\n']]
  const run = await rehearse(resetNode({ ...known, users: ['root', 'ops'] }), {
    ...world,
    files: { ...trace, '/root/.kube/config': 'config', '/home/ops/.kube/config': 'another' },
    patterns: [...accounts, ...(world.patterns ?? [])],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.ok(run.files.has('/root/.kube/config'))
  assert.ok(run.files.has('/home/ops/.kube/config'))
})
