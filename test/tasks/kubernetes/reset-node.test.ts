import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { resetNode } from '../../../tasks/kubernetes/reset-node.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'
import type { FakeMember } from './etcd-world.ts'
import { packageFile, resetPrograms } from './reset-world.ts'

const test = suite('reset-node')

const listRules = sentPattern('tasks/kubernetes/reset/list-rules.sh')
const removeRules = sentPattern('tasks/kubernetes/reset/remove-rules.sh')

const directory = { content: '', type: 'directory' as const }
const trace = {
  '/etc/kubernetes/admin.conf': 'config',
  '/etc/kubernetes/pki/ca.key': 'k',
  '/etc/cni/net.d/10-net.conflist': 'x',
  '/var/lib/kubelet/config.yaml': 'x',
  '/var/lib/etcd/member/wal': directory,
}
/** Members m1 and so on. */
const members = (count: number): FakeMember[] =>
  ['1', '2', '3'].slice(0, count).map((n) => ({ name: `m${n}`, url: `https://10.0.0.${n}:2380`, id: n }))

interface Etcd {
  readonly count?: number
  readonly healthy?: number
  /** Client URLs, or parts of them, of members whose certificate has expired. */
  readonly expired?: readonly string[]
  /** The member lists that the leaving host and the other control-plane node return. */
  readonly answers?: { readonly own?: boolean; readonly other?: boolean }
  /** Whether etcd can remove a member. */
  readonly quorum?: boolean
  /** The firewall rules of Kubernetes on the host, and what is left after they are removed. */
  readonly rules?: string
  readonly left?: string
}

/** A node to reset, and another control-plane node that sees some members, some of them healthy. */
const resetting = ({
  count = 3,
  healthy = 3,
  expired = [],
  answers = {},
  quorum = true,
  rules = '',
  left = '',
}: Etcd = {}) => {
  const removed: string[] = []
  const { own = true, other = true } = answers
  const silent = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].slice(healthy)
  const lost = { path: /remove$/, made: false }
  const cluster = etcdCluster(members(count), { silent, expired, ...(!quorum && { lost }) })
  const etcd = (answer: boolean): NonNullable<World['patterns']> => [
    ...(answer ? [] : etcdCluster([], { inVain: 99 }).patterns),
    [
      /cluster\/member\/remove/,
      (request, files) => {
        const [, reply] = cluster.patterns[0] ?? []
        const text = typeof reply === 'function' ? reply(request, files) : ''
        if (quorum) removed.push(cluster.log.at(-1) ?? '')
        return text
      },
    ],
    ...cluster.patterns,
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
      [sentPattern('tasks/system/accounts/find-account.sh', 'root'), 'root:x:0:0::/root:/bin/sh\nroot\n'],
      [/^kubeadm version -o short$/, 'v1.20.2'],
      [listRules, rules],
      [removeRules, left],
      [/^kubeadm reset|^systemctl stop|ip link/, ''],
      ...resetPrograms,
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
  assert.ok(run.files.has('/var/lib/etcd/member/wal'))
}

test('a host without traces is ok', async () => {
  const account: World['patterns'] = [
    [sentPattern('tasks/system/accounts/find-account.sh', 'root'), 'root:x:0:0::/root:/bin/sh\nroot\n'],
    [listRules, ''],
    ...resetPrograms,
  ]
  assert.is((await rehearse(resetNode(known), { patterns: account })).outcome, 'ok')
  // the network of another tool, the kubeconfig of another cluster, the folder of an installed kubelet
  const files = {
    '/etc/cni/net.d/87-podman.conflist': 'x',
    '/root/.kube/config': 'other',
    '/etc/kubernetes/manifests': directory,
  }
  const run = await rehearse(resetNode(known), { files, patterns: account })
  assert.is(run.outcome, 'ok', String(run.error))
  // what a node leaves is named, and stays: nothing says whose it is
  const left = { files: { '/var/lib/cni/networks': directory }, patterns: account }
  assert.match(
    String(await valueOf(resetNode(known), left)),
    'nothing of kubeadm is left, so these were not removed: /var/lib/cni',
  )
})

test('the etcd member and the Node are removed first, then everything else', async () => {
  const { world, removed } = resetting()
  const run = await rehearse(resetNode({ ...known, criSocket: '/run/c.sock' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(removed, ['remove 1', 'Node'])
  assert.is(
    run.commands.apply[2],
    'kubeadm reset -f --skip-phases=remove-etcd-member --cri-socket=/run/c.sock',
  )
  assert.equal(
    [...run.files.keys()].filter((path) => path in trace || path.startsWith('/etc/coxswain')),
    [],
  )
})

test('former keys of encryption at rest are named before they are removed', async () => {
  const { world } = resetting()
  const kept = '/etc/coxswain/replaced/encryption-before-key-20261201t000000z.yaml'
  const run = await rehearse(resetNode(known), { ...world, files: { ...world.files, [kept]: 'keys' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.changes.some(({ what }) => what === `former keys: ${kept}`))
  assert.not.ok(run.files.has(kept))
})

test('configurations of networks are named and removed one by one, those of packages stay', async () => {
  const { world } = resetting()
  const files = { ...world.files, [packageFile]: 'x' }
  const run = await rehearse(resetNode(known), { ...world, files })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.changes.some(({ what }) => what === '/etc/cni/net.d/10-net.conflist'))
  assert.not(run.changes.some(({ what }) => what === packageFile || what === '/etc/cni/net.d'))
  assert.ok(run.files.has(packageFile))
})

test('before 1.15, reset does not have phases to skip', async () => {
  const { world } = resetting()
  const old: World = { ...world, patterns: [[/^kubeadm version/, 'v1.14.10'], ...(world.patterns ?? [])] }
  const run = await rehearse(resetNode(known), old)
  assert.is(run.commands.apply[2], 'kubeadm reset -f')
})

test('it refuses if the others would lose their quorum, unless it is forced', async () => {
  await refuses(
    resetNode(known),
    { healthy: 2 },
    'without host, etcd would lose its quorum: 3 members, 2 needed,',
  )
  const { world, removed } = resetting({ healthy: 2, quorum: false })
  const run = await rehearse(resetNode({ ...known, force: 'true' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  // the removal is impossible without a quorum, and the host is reset anyway
  assert.equal(removed, ['Node'])
})

test('if no etcd responds, the data is kept, unless it is forced', async () => {
  const silent = { answers: { own: false, other: false } }
  await refuses(resetNode(known), silent, 'has etcd data, and etcd does not respond on any other')
  const { world } = resetting(silent)
  const run = await rehearse(resetNode({ ...known, force: true }), world)
  assert.is(run.outcome, 'changed', String(run.error))
})

test('the last control-plane node can be reset with last=true if no other one has data', async () => {
  const alone = { count: 1, answers: { other: false } }
  await refuses(resetNode(known), alone, 'has etcd data, and etcd does not respond on any other')
  const { world } = resetting(alone)
  assert.is((await rehearse(resetNode({ ...known, last: true }), world)).outcome, 'changed')
  const held = resetting(alone).world
  const others = { m2: { files: { '/var/lib/etcd/member/wal': directory }, ...held.others?.['m2'] } }
  const run = await rehearse(resetNode({ ...known, last: true }), { ...held, others })
  assert.match(String(run.error), 'has etcd data, and etcd does not respond on any other')
})

test('mounted file systems are not emptied', async () => {
  const { world } = resetting()
  const busy: World = {
    ...world,
    patterns: [
      [
        sentPattern('tasks/kubernetes/reset/unmount.sh', '.* /run/calico /run/cilium .* /var/lib/kubelet .*'),
        '/var/lib/kubelet/pods/1/volumes/nfs\n',
      ],
      ...(world.patterns ?? []),
    ],
  }
  const run = await rehearse(resetNode(known), busy)
  assert.match(String(run.error), 'cannot unmount /var/lib/kubelet/pods/1/volumes/nfs')
  assert.not.ok(
    run.commands.apply.some((command) => command.includes('remove-paths') || command.startsWith('remove ')),
  )
})

test('copies of the kubeconfig are removed, those of other clusters stay', async () => {
  const { world } = resetting()
  const accounts: World['patterns'] = [
    [sentPattern('tasks/system/accounts/find-account.sh', 'ops'), 'ops:x:1:1::/home/ops:/bin/sh\nops\n'],
  ]
  const run = await rehearse(resetNode({ ...known, users: ['root', 'ops'] }), {
    ...world,
    files: { ...trace, '/root/.kube/config': 'config', '/home/ops/.kube/config': 'another' },
    patterns: [...accounts, ...(world.patterns ?? [])],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.ok(run.files.has('/root/.kube/config'))
  assert.ok(run.files.has('/home/ops/.kube/config'))
})

test('another etcd that could not be asked is not taken for dead, and force is not proposed', async () => {
  const { world } = resetting()
  const blind: World = { patterns: [[sentPattern('tasks/kubernetes/etcd/ask-members.sh'), { code: 101 }]] }
  const run = await rehearse(resetNode(known), { ...world, others: { m2: blind } })
  assert.match(
    String(run.error),
    'it is not known whether etcd responds on another control-plane node: cannot ask etcd on m2: neither curl nor kubectl is installed',
  )
  assert.not.match(hintOf(run.error), 'force')
  assert.equal(run.commands.apply, [])
})

test('another etcd whose certificates are missing is not taken for dead', async () => {
  const { world } = resetting()
  const blind: World = { patterns: [[sentPattern('tasks/kubernetes/etcd/ask-members.sh'), { code: 103 }]] }
  const run = await rehearse(resetNode(known), { ...world, others: { m2: blind } })
  assert.match(
    String(run.error),
    'it is not known whether etcd responds on another control-plane node: cannot ask etcd on m2: /etc/kubernetes/pki/etcd has no ca.crt, or none of',
  )
  assert.not.match(hintOf(run.error), 'force')
  assert.equal(run.commands.apply, [])
})

test('where members that could not be asked decide about the quorum, it says so, and force is not proposed', async () => {
  const expired = ['10.0.0.1', '10.0.0.3']
  const { world, removed } = resetting({ expired })
  const run = await rehearse(resetNode(known), world)
  assert.match(
    String(run.error),
    'whether etcd keeps its quorum without host is not known: 3 members, 2 needed, 1 healthy, 2 not known; after removing m1: 2 members, 2 needed, 1 healthy, 1 not known',
  )
  assert.match(hintOf(run.error), 'renew-certs')
  assert.not.match(hintOf(run.error), 'force')
  assert.equal([removed, run.commands.apply], [[], []])
})

test('what kube-proxy and pod networks left is removed, what others made is not', async () => {
  const { world } = resetting({
    rules: 'firewall rules and chains of Kubernetes (iptables-nft)\n',
    left: '3 chains CNI-* of iptables-nft, which can be those of other containers\n',
  })
  const devices = [
    'cni0',
    'cali0123456789a',
    'vxlan.calico',
    'bpfin.cali',
    'bpfout.cali',
    'cilium_host',
    'cilium_ipip4',
    'flannel.ipip',
    'lxc0a1b2c3d4e5f',
    'flannel-v6.1',
    'kube-ipvs0',
  ]
  const others = ['eth0', 'lo', 'tunl0', 'lxcbr0', 'calibration0', 'docker0']
  const link = (name: string) => [`/sys/class/net/${name}`, 'x'] as const
  const run = await rehearse(resetNode(known), {
    ...world,
    files: {
      ...trace,
      '/etc/kubernetes/tmp/kubeadm-backup/pki.key': 'x',
      ...Object.fromEntries([...devices, ...others].map(link)),
    },
    patterns: [
      [
        /ip link delete (\S+)$/,
        ({ script }, files) => {
          files.delete(`/sys/class/net/${script.split(' ').at(-1)}`)
          return ''
        },
      ],
      ...(world.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  const paths = [...run.files.keys()]
  assert.equal(
    paths.filter((path) => path.startsWith('/sys/class/net/')).toSorted(),
    others.map((name) => link(name)[0]).toSorted(),
  )
  assert.not.ok(paths.some((path) => path.startsWith('/etc/kubernetes/tmp')))
  assert.match(JSON.stringify(run), 'firewall rules and chains of Kubernetes (iptables-nft)')
})

test('a network device that cannot be removed, as a port of Open vSwitch, is named and does not end the reset', async () => {
  const { world } = resetting({})
  const device = '/sys/class/net/antrea-gw0'
  const run = await rehearse(resetNode(known), {
    ...world,
    files: { ...trace, [device]: 'x', '/sys/class/net/cni0': 'x' },
    patterns: [
      [/ip link delete antrea-gw0$/, { code: 2, stderr: 'RTNETLINK answers: Operation not supported' }],
      [/ip link delete cni0$/, (_, files) => (files.delete('/sys/class/net/cni0'), '')],
      ...(world.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.files.has(device))
  assert.not.ok(run.files.has('/sys/class/net/cni0'))
  assert.not.ok([...run.files.keys()].some((path) => path.startsWith('/etc/coxswain')))
})

test('after a reset, the disk of etcd stays mounted, empty, and there is nothing left to reset', async () => {
  for (const there of ['/var/lib/etcd/member', '/var/lib/etcd/member/lost+found']) {
    const run = await rehearse(resetNode({ address: '10.0.0.2' }), {
      files: { [there]: directory },
      patterns: [[listRules, '']],
    })
    assert.is(run.outcome, 'ok', String(run.error))
  }
})
