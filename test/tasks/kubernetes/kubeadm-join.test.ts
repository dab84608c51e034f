import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { defineTask, isCoxswainError, ok, z } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { sharedFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { kubeadmJoin } from '../../../tasks/kubernetes/kubeadm-join.ts'
import { kubeletReports } from '../../../tasks/kubernetes/kubeadm/old-node.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'
import type { FakeMember } from './etcd-world.ts'
import { resetPrograms } from './reset-world.ts'
import { finish, finishedFiles, healthz, readyz, unfinished } from './master-world.ts'
import { silentHost } from './silent-host.ts'
import { manifestOf, manifestPath as apiServerManifest } from './encryption-world.ts'

const test = suite('kubeadm-join')

const ca = execFileSync(
  'openssl',
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=kubernetes'.split(
    ' ',
  ),
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
)
const token = 'abcdef.0123456789abcdef'

/** The leading control-plane node, and the members that its etcd knows. */
const leader = (
  members: FakeMember[] = [{ name: 'm1', url: 'https://10.0.0.1:2380' }],
  options: Parameters<typeof etcdCluster>[1] = {},
) => {
  const { log, patterns: gateway } = etcdCluster(members, options)
  const patterns: World['patterns'] = [
    [/token create/, `${token}\n`],
    [
      /token delete (\S+)$/,
      ({ script }) => {
        log.push(script.slice(script.indexOf('token delete')))
        return ''
      },
    ],
    ...gateway,
    [/get node m2 --ignore-not-found/, ''],
  ]
  const files = Object.fromEntries(
    sharedFiles.map((path) => [path, path.endsWith('/pki/ca.crt') ? ca : `shared ${path}`]),
  )
  const world: World = { files, patterns }
  return { world, log, members }
}

const join = kubeadmJoin({
  via: 'm1',
  name: 'm2',
  address: '10.0.0.2',
  endpoint: '10.0.0.10:6443',
  version: 'v1.20.2',
  criSocket: '/run/c.sock',
  patience: 0,
})
const marked =
  '{"node-role.kubernetes.io/control-plane":"","node-role.kubernetes.io/master":""}\nnode-role.kubernetes.io/master'

interface Circumstances {
  readonly m1?: ReturnType<typeof leader>
  /** How often its API server is queried before it responds. */
  readonly inVain?: number
  /** Receives the configuration for kubeadm join. */
  readonly joined?: (config: string) => void
  readonly more?: NonNullable<World['patterns']>
}

/** A host on which kubeadm joins. */
const host = (
  files: NonNullable<World['files']>,
  { m1: first = leader(), inVain = 0, joined = () => {}, more = [] }: Circumstances = {},
): World => ({
  files: { '/etc/kubernetes/pki/ca.crt': ca, ...files },
  patterns: [
    ...more,
    readyz(inVain),
    healthz,
    [/^kubeadm version -o short$/, 'v1.20.2'],
    [/get node m2 -o/, marked],
    [
      /^kubeadm join --config \/dev\/stdin/,
      ({ stdin }, all) => {
        joined(stdin)
        finish(all)
        first.members.push({ name: 'm2', url: 'https://10.0.0.2:2380' })
        return ''
      },
    ],
  ],
  others: { m1: first.world },
})

const m2 = (name = 'm2'): FakeMember => ({ name, url: 'https://10.0.0.2:2380' })
const m1 = (): FakeMember => ({ name: 'm1', url: 'https://10.0.0.1:2380' })

test('a new host joins with a pinned authority; the token is in no file and no argument, and is deleted after the join', async () => {
  let config = ''
  const first = leader()
  const run = await rehearse(join, host({}, { m1: first, joined: (text) => (config = text) }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(config, /token: abcdef\.0123456789abcdef/)
  assert.match(config, /caCertHashes:\n\s+- sha256:[0-9a-f]{64}/)
  assert.match(config, 'advertiseAddress: 10.0.0.2')
  assert.not.ok([...run.files.values()].some(({ content }) => String(content).includes(token)))
  assert.not.match(run.commands.apply.join('\n'), token)
  assert.equal(first.log, ['token delete abcdef'])
  assert.not.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('a failed join is marked as incomplete, and its token is deleted', async () => {
  const first = leader()
  const more: World['patterns'] = [[/^kubeadm join/, { code: 1, stderr: 'preflight' }], ...silentHost]
  const run = await rehearse(join, host({}, { m1: first, more }))
  assert.is(run.outcome, 'failed')
  assert.equal(first.log, ['token delete abcdef'])
  assert.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('a complete control-plane node is ok', async () => {
  const run = await rehearse(join, host(finishedFiles, { m1: leader([m1(), m2()]) }))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('a complete control-plane node that is down is waited for, and never reset', async () => {
  const run = await rehearse(join, host(finishedFiles, { m1: leader([m1(), m2()]), inVain: 2 }))
  assert.is(run.predicted, 'unknown')
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('unclear states are left to a person', async () => {
  const { '/etc/kubernetes/manifests/etcd.yaml': _, ...most } = finishedFiles
  for (const [files, members, message] of [
    [finishedFiles, [m1()], 'has etcd data, but is not a member of this cluster'],
    [most, [m1(), m2()], 'has a part of a control plane, but lacks /etc/kubernetes/manifests/etcd.yaml'],
    [{ '/etc/kubernetes/kubelet.conf': 'x' }, [m1()], 'has a part of a node'],
  ] as const) {
    const first = leader([...members])
    const run = await rehearse(join, host(files, { m1: first, inVain: 99 }))
    assert.is(run.outcome, 'failed', message)
    assert.match(String(run.error), message)
    assert.equal(run.commands.apply, [])
    assert.equal(first.log, [])
  }
})

const { '/var/lib/etcd/member/wal': _data, ...withoutData } = finishedFiles
const elsewhere =
  'spec:\n  containers:\n  - command: [etcd, --data-dir=/data/etcd]\n    volumeMounts:\n    - {name: etcd-data, mountPath: /data/etcd}\n  volumes:\n  - name: etcd-data\n    hostPath: {path: /data/etcd}\n'
const etcdPod = '/etc/kubernetes/manifests/etcd.yaml'

for (const [title, files, options, inVain, message] of [
  [
    'whose data is in another folder',
    { ...withoutData, [etcdPod]: elsewhere },
    {},
    0,
    'etcd on host has its data in /data/etcd',
  ],
  [
    'whose API server is ready',
    withoutData,
    {},
    0,
    'the API server of host is ready, but host lacks /var/lib/etcd/member',
  ],
  ['whose member responds', withoutData, {}, 99, 'responds, but host has nothing in /var/lib/etcd/member'],
  [
    'whose member could not be asked',
    withoutData,
    { expired: ['10.0.0.2'] },
    99,
    'whether its member is lost is not known',
  ],
] as const)
  test(`a master ${title} keeps its member, and is not reset`, async () => {
    const first = leader([m1(), m2(), { name: 'm3', url: 'https://10.0.0.3:2380' }], options)
    const run = await rehearse(join, host(files, { m1: first, inVain, more: phased(first) }))
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message, String(run.error))
    assert.not.match(hintOf(run.error), 'reset-node')
    assert.equal(run.commands.apply, [])
    assert.equal(first.log, [])
  })

/** Answers of a host on which kubeadm's phases and its reset succeed. */
const phased = (first: ReturnType<typeof leader>): NonNullable<World['patterns']> => [
  [/^kubeadm init phase (certs|kubeconfig|kubelet-start)/, ''],
  [
    /^kubeadm init phase etcd local/,
    (_, all) => {
      all.set('/etc/kubernetes/manifests/etcd.yaml', { content: 'pod' })
      const own = first.members.find(({ url }) => url === 'https://10.0.0.2:2380')
      if (own !== undefined) own.name = 'm2'
      return ''
    },
  ],
  [
    /^kubeadm reset -f/,
    (_, all) => {
      for (const path of all.keys())
        if (/^\/etc\/kubernetes\/(manifests|.*conf$)/.test(path)) all.delete(path)
      return ''
    },
  ],
  [/^systemctl (stop|start) kubelet$/, ''],
  ...resetPrograms,
]

test('an interrupted join that had added its member starts that first, then joins again', async () => {
  const first = leader([m1(), m2('')])
  // possibly only the list has the member: the host was reinstalled
  for (const files of [unfinished, {}]) {
    first.log.length = 0
    const run = await rehearse(join, host(files, { m1: first, more: phased(first) }))
    assert.is(run.outcome, 'changed', String(run.error))
    const kinds = run.commands.apply.map((line) => line.split(' ').slice(0, 4).join(' '))
    assert.ok(kinds.indexOf('kubeadm init phase etcd') >= 0, kinds.join('\n'))
    assert.ok(
      kinds.indexOf('kubeadm init phase etcd') <
        kinds.indexOf('kubeadm reset -f --skip-phases=remove-etcd-member'),
    )
    assert.equal(first.log, [`remove ${ids[1]}`, 'token delete abcdef'])
    first.members.splice(1, 9, m2(''))
  }
})

test('a host is not reset to join again while volumes stay mounted, and its member stays listed', async () => {
  const volume = '/var/lib/kubelet/pods/1/volumes/nfs'
  const mounted = [sentPattern('tasks/kubernetes/reset/unmount.sh'), `${volume}\n`] as const
  const first = leader([m1(), m2()])
  const begun = { ...unfinished, '/var/lib/etcd/member/wal/0.wal': 'x' }
  const run = await rehearse(join, host(begun, { m1: first, more: [mounted, ...phased(first)] }))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), `cannot unmount ${volume}`)
  assert.match(hintOf(run.error), 'nothing in it was changed')
  assert.equal(first.log, [])
  assert.not.ok(run.commands.apply.some((command) => command.startsWith('kubeadm reset')))
  // it mounts again what was unmounted
  assert.is(run.commands.apply.at(-1), 'systemctl start kubelet')
})

test('a reset empties the folder of the data, which can be a disk of its own, with the programs for that', async () => {
  const first = leader([m1(), m2('')])
  const run = await rehearse(
    join,
    host({ ...unfinished, '/var/lib/etcd/member/wal/0.wal': 'x' }, { m1: first, more: phased(first) }),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  const removing = run.commands.apply.find((command) => command.includes('remove /var/lib/etcd/member'))
  assert.match(
    removing ?? '',
    sentPattern('tasks/kubernetes/reset/remove-paths.sh', 'remove /var/lib/etcd/member'),
  )
})

for (const [title, there] of [
  [
    'a disk is mounted for the member',
    { '/var/lib/etcd/member/lost+found': { content: '', type: 'directory' } },
  ],
  ['a disk is mounted for etcd', { '/var/lib/etcd/lost+found': { content: '', type: 'directory' } }],
  ['copies of former data are kept', { '/var/lib/etcd/before-restore-1/member/snap/db': 'x' }],
] as const)
  test(`a new host on which ${title} joins: kubeadm would refuse the folder`, async () => {
    const run = await rehearse(join, host(there))
    assert.is(run.outcome, 'changed', String(run.error))
    const joined = run.commands.apply.find((command) => command.startsWith('kubeadm join')) ?? ''
    assert.match(joined, '--ignore-preflight-errors=DirAvailable--var-lib-etcd')
  })

test('a control-plane node that lost its data is removed from the list, and joins again', async () => {
  const third = { name: 'm3', url: 'https://10.0.0.3:2380' }
  const first = leader([m1(), m2(), third], { silent: ['10.0.0.2'] })
  const run = await rehearse(
    join,
    host({ '/etc/kubernetes/kubelet.conf': 'x' }, { m1: first, more: phased(first) }),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(first.log, [`remove ${ids[1]}`, 'token delete abcdef'])
})

for (const [title, files, members] of [
  [
    'an interrupted join',
    { ...unfinished, '/etc/kubernetes/manifests/kube-apiserver.yaml': 'pod' },
    [m1(), m2()],
  ],
  [
    'a lost disk',
    { '/etc/kubernetes/kubelet.conf': 'x' },
    [m1(), m2(), { name: 'm3', url: 'https://10.0.0.3:2380' }],
  ],
] as const)
  test(`the keys of encryption at rest, which a reset deletes, are there before the host joins again: ${title}`, async () => {
    const first = leader([...members], { silent: ['10.0.0.2'] })
    const keys = '/etc/kubernetes/pki/encryption.yaml'
    const world = {
      ...first,
      world: {
        ...first.world,
        files: { ...first.world.files, [apiServerManifest]: manifestOf(keys), [keys]: 'keys of the cluster' },
      },
    }
    let there: unknown
    const more: NonNullable<World['patterns']> = [
      [/^kubeadm reset -f/, (_, all) => (all.delete(keys), '')],
      [
        /^kubeadm join/,
        (_, all) => {
          there = all.get(keys)?.content
          return { code: 1, stderr: 'far enough' }
        },
      ],
      ...phased(first),
      ...silentHost,
    ]
    const run = await rehearse(join, host({ ...files, [keys]: 'old keys' }, { m1: world, inVain: 99, more }))
    assert.match(`${String(run.error)} ${isCoxswainError(run.error) ? run.error.output : ''}`, 'far enough')
    assert.is(there, 'keys of the cluster')
  })

test('a cluster whose etcd does not respond is not joined, and nothing is removed', async () => {
  const first = leader()
  const silent: World = { ...first.world, patterns: [...etcdCluster([], { inVain: 99 }).patterns] }
  const run = await rehearse(join, { ...host(unfinished), others: { m1: silent } })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd on m1 does not respond')
})

test('before 1.14 kubeadm cannot join, and the error names the other strategy', async () => {
  const old = kubeadmJoin({
    via: 'm1',
    name: 'm2',
    address: '10.0.0.2',
    endpoint: 'lb:6443',
    version: 'v1.11.3',
  })
  const run = await rehearse(old, host({}))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'cannot join control-plane nodes by itself')
})

test('the name of another machine is not reused', async () => {
  const { world } = leader()
  const own = sentPattern('tasks/network/addresses/own-addresses.sh')
  const addressesOfHost =
    '127.0.0.1 lo\n10.0.0.2 eth0\n192.168.7.2 eth1\nfd00:0:0::7 eth1\nfe80::7 eth1\n169.254.1.1 eth1\n172.17.0.1 docker0\n10.85.0.1 cni0\n192.168.122.1 virbr0\n172.18.0.1 br-1f2e\n10.9.9.9\n'
  let beats = 0
  const known = (addresses: string, reports = ''): World => ({
    ...host({}, { more: [[own, addressesOfHost]] }),
    others: {
      m1: {
        ...world,
        patterns: [
          [/get node m2 --ignore-not-found .*InternalIP/, addresses],
          [/get node m2 --ignore-not-found .*lastHeartbeatTime/, reports],
          [/get lease m2 /, () => String((beats += 1))],
          [/delete node m2$/, ''],
          ...(world.patterns ?? []),
        ],
      },
    },
  })
  const run = await rehearse(join, known('10.0.0.99 fd00::99'))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'another machine in the cluster has the name m2, at 10.0.0.99, fd00::99')
  for (const addresses of ['10.0.0.2 fd00::2', '192.168.7.2', '10.1.0.7 fd00::7']) {
    const again = await rehearse(join, known(addresses, 'Unknown 2026-01-01T00:00:00Z'))
    assert.is(again.outcome, 'changed', String(again.error))
  }
  // other machines can have these addresses too
  for (const shared of [
    '172.17.0.1',
    '10.85.0.1',
    '192.168.122.1',
    '172.18.0.1',
    'fe80::7',
    '169.254.1.1',
    '10.9.9.9',
  ])
    assert.match(
      String((await rehearse(join, known(shared))).error),
      `another machine in the cluster has the name m2, at ${shared}`,
    )
  // machines of different networks with NAT can have the same address
  const alive = await rehearse(join, known('192.168.7.2', 'True 2026-01-01T00:00:00Z'))
  assert.match(String(alive.error), 'another machine in the cluster has the name m2, at 192.168.7.2')
  assert.match(hintOf(alive.error), 'kubelet')
})

test('an old Node whose kubelet does not report any more is not that of another machine', async () => {
  const node = [/get node m2 .*lastHeartbeatTime/, 'True 2026-01-01T00:00:00Z'] as const
  const reports = async (lease: () => string): Promise<boolean | undefined> => {
    let seen: boolean | undefined
    const task = defineTask({
      name: 'reports',
      description: 'Reads whether a kubelet reports.',
      params: () => z.object({}),
      check: async (ctx) => {
        seen = await kubeletReports(ctx, 'm2', 1)
        return ok()
      },
    })
    const run = await rehearse(task({}), { patterns: [node, [/get lease m2 /, lease]] })
    assert.is(run.outcome, 'ok', String(run.error))
    return seen
  }
  assert.is(await reports(() => '2026-01-01T00:00:00Z'), false)
  let beats = 0
  assert.is(await reports(() => String((beats += 1))), true)
})

test('while a member does not respond or has not voted yet, no host joins, and the error names it', async () => {
  const third = { name: 'm3', url: 'https://10.0.0.3:2380' }
  for (const [first, message] of [
    [
      leader([m1(), third], { silent: ['10.0.0.3'] }),
      'etcd member m3 at https://10.0.0.3:2380 does not respond',
    ],
    [leader([m1(), { ...third, name: '' }]), 'etcd member at https://10.0.0.3:2380 has not started'],
    [
      leader([m1(), { ...third, learner: true }], { caughtUp: false }),
      'etcd member m3 at https://10.0.0.3:2380 cannot vote yet',
    ],
  ] as const) {
    const run = await rehearse(join, {
      ...host({}, { m1: first }),
      unpredictable: 'it can get well meanwhile',
    })
    assert.is(run.outcome, 'failed', message)
    assert.match(String(run.error), `adding an etcd member now could break the quorum: ${message}`)
    assert.match(hintOf(run.error), 'exec etcd-m1 -- etcdctl')
    assert.not.ok(run.commands.apply.some((command) => command.startsWith('kubeadm join')))
    assert.not.ok(first.log.some((line) => line.startsWith('token')))
  }
})

test('a started learner is promoted, and then the host joins', async () => {
  const first = leader([m1(), { name: 'm3', url: 'https://10.0.0.3:2380', learner: true }])
  const run = await rehearse(join, host({}, { m1: first }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(first.log, [`promote ${ids[1]}`, 'token delete abcdef'])
})

test('what another pod network than that of the cluster has left is named before the join', async () => {
  const first = leader()
  const sets = [
    /get daemonsets --all-namespaces/,
    'kube-flannel\tkube-flannel-ds\t/etc/cni/net.d,\n',
  ] as const
  const only = [/get daemonset kube-flannel-ds -o json$/, { code: 1 }] as const
  const files = { ...first.world.files, '/etc/kubernetes/admin.conf': 'x' }
  const world = { files, patterns: [sets, only, ...(first.world.patterns ?? [])] }
  const run = await rehearse(join, host({ '/sys/class/net/cni0': 'x' }, { m1: { ...first, world } }))
  assert.is(run.predicted, 'failed')
  assert.match(
    String(run.error),
    'has a pod network that is not of the cluster (DaemonSet kube-flannel/kube-flannel-ds): the network device cni0',
  )
  assert.equal([first.log, run.commands.apply], [[], []])
})

test('no host joins while an alarm is raised, and --check says so', async () => {
  const first = leader([m1()], { alarms: [{ member: 0, alarm: 'NOSPACE' }] })
  const run = await rehearse(join, host({}, { m1: first }))
  assert.is(run.predicted, 'failed')
  assert.match(String(run.error), 'etcd member m1 at https://10.0.0.1:2380 has raised the alarm NOSPACE')
  assert.equal([first.log, run.commands.apply], [[], []])
})

test('a host that must be reset to join again keeps its member if the others do not have a quorum', async () => {
  const third = { name: 'm3', url: 'https://10.0.0.3:2380' }
  const first = leader([m1(), m2(), third], { silent: ['10.0.0.3', '10.0.0.2'] })
  const run = await rehearse(
    join,
    host({ '/etc/kubernetes/kubelet.conf': 'x' }, { m1: first, more: phased(first) }),
  )
  assert.match(String(run.error), 'the other members do not have a quorum: 3 members, 2 needed,')
  assert.equal(first.log, [])
})

const embedded = {
  '/etc/kubernetes/kubelet.conf': 'users:\n- user:\n    client-certificate-data: eA==\n',
  '/var/lib/kubelet/config.yaml': 'kind: KubeletConfiguration\nrotateCertificates: true\n',
}
const rotated = { '/var/lib/kubelet/pki/kubelet-client-current.pem': 'x' }
const finalize: NonNullable<World['patterns']>[number] = [
  /^kubeadm init phase kubelet-finalize all/,
  (_, all) => {
    all.set('/etc/kubernetes/kubelet.conf', { content: Object.keys(rotated)[0] ?? '' })
    return ''
  },
]

test('a kubelet whose certificate would not be renewed, after a join that was continued, gets the one that is', async () => {
  const files = { ...finishedFiles, ...embedded, ...rotated }
  for (const more of [{}, unfinished]) {
    const first = leader([m1(), m2()])
    const run = await rehearse(join, host({ ...files, ...more }, { m1: first, more: [finalize] }))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.ok(
      run.commands.apply.includes(
        'kubeadm init phase kubelet-finalize all --config /etc/coxswain/kubeadm.yaml',
      ),
      run.commands.apply.join('\n'),
    )
  }
})

test('a kubelet that was set up to renew nothing is left as it is', async () => {
  const files = {
    ...finishedFiles,
    ...embedded,
    '/var/lib/kubelet/config.yaml': 'rotateCertificates: false\n',
  }
  const run = await rehearse(join, host(files, { m1: leader([m1(), m2()]) }))
  assert.is(run.outcome, 'ok', String(run.error))
})
