import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { sharedFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { kubeadmJoin } from '../../../tasks/kubernetes/kubeadm-join.ts'
import { suite } from '../../support/spec.ts'
import { finish, finishedFiles, healthz, readyz, unfinished } from './master-world.ts'

const test = suite('kubeadm-join')

const ca = execFileSync(
  'openssl',
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=kubernetes'.split(
    ' ',
  ),
  { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
)
const token = 'abcdef.0123456789abcdef'

interface Member {
  name: string
  readonly url: string
}

/** The master that leads, and the members that its etcd knows. */
const leader = (members: Member[] = [{ name: 'm1', url: 'https://10.0.0.1:2380' }]) => {
  const log: string[] = []
  const patterns: World['patterns'] = [
    [/token create/, `${token}\n`],
    [
      /token delete (\S+)$/,
      ({ script }) => {
        log.push(script.slice(script.indexOf('token delete')))
        return ''
      },
    ],
    [
      /member list/,
      () =>
        JSON.stringify({
          members: members.map(({ name, url }, n) => ({
            ID: String(n + 1),
            name,
            peerURLs: [url],
            clientURLs: name === '' ? [] : [url.replace('2380', '2379')],
          })),
        }),
    ],
    [
      /member remove (\S+)$/,
      ({ script }) => {
        log.push(script.slice(script.indexOf('member remove')))
        members.splice(Number(script.split(' ').at(-1)) - 1, 1)
        return ''
      },
    ],
    [
      /endpoint health/,
      () => members.map(({ url }) => `${url.replace('2380', '2379')} is healthy\n`).join(''),
    ],
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
  /** How often its API server is asked before it answers. */
  readonly inVain?: number
  /** Hears what kubeadm join was told. */
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

const m2 = (name = 'm2'): Member => ({ name, url: 'https://10.0.0.2:2380' })
const m1 = (): Member => ({ name: 'm1', url: 'https://10.0.0.1:2380' })

test('a new host joins with a pinned authority; the token is in no file and no argument, and ends with the join', async () => {
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

test('a join that fails is known to be unfinished, and its token ends all the same', async () => {
  const first = leader()
  const more: World['patterns'] = [[/^kubeadm join/, { code: 1, stderr: 'preflight' }]]
  const run = await rehearse(join, host({}, { m1: first, more }))
  assert.is(run.outcome, 'failed')
  assert.equal(first.log, ['token delete abcdef'])
  assert.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('a finished master is left alone', async () => {
  const run = await rehearse(join, host(finishedFiles, { m1: leader([m1(), m2()]) }))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('a finished master that is down is waited for, and never taken apart', async () => {
  const run = await rehearse(join, host(finishedFiles, { m1: leader([m1(), m2()]), inVain: 2 }))
  assert.is(run.foretold, 'unknown')
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('what nobody can be sure of is left to a person', async () => {
  const { '/etc/kubernetes/manifests/etcd.yaml': _, ...most } = finishedFiles
  for (const [files, members, message] of [
    [finishedFiles, [m1()], 'has etcd data, but is not a member of this cluster'],
    [most, [m1(), m2()], 'holds a part of a control plane, but lacks /etc/kubernetes/manifests/etcd.yaml'],
    [{ '/etc/kubernetes/kubelet.conf': 'x' }, [m1()], 'holds a part of a node'],
  ] as const) {
    const first = leader([...members])
    const run = await rehearse(join, host(files, { m1: first, inVain: 99 }))
    assert.is(run.outcome, 'failed', message)
    assert.match(String(run.error), message)
    assert.equal(run.commands.apply, [])
    assert.equal(first.log, [])
  }
})

/** Answers of a host on which kubeadm's phases and its reset do what they do. */
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
]

test('an interrupted join that had added its member brings that up first, then joins anew', async () => {
  const first = leader([m1(), m2('')])
  // it may be that nothing but the list knows of it: the host was made anew
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
    assert.equal(first.log, ['member remove 2', 'token delete abcdef'])
    first.members.splice(1, 9, m2(''))
  }
})

test('a master that lost its data is taken off the list, and joins anew', async () => {
  const third = { name: 'm3', url: 'https://10.0.0.3:2380' }
  const first = leader([m1(), m2(), third])
  const run = await rehearse(
    join,
    host({ '/etc/kubernetes/kubelet.conf': 'x' }, { m1: first, more: phased(first) }),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(first.log, ['member remove 2', 'token delete abcdef'])
})

test('a cluster whose etcd does not answer is not joined, and nothing is taken for gone', async () => {
  const first = leader()
  const silent: World = { ...first.world, patterns: [[/member list/, { code: 1 }]] }
  const run = await rehearse(join, { ...host(unfinished), others: { m1: silent } })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd on m1 does not answer')
})

test('before 1.14 kubeadm cannot, and the other strategy is named', async () => {
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

test('a name that another machine has is not taken from it', async () => {
  const { world } = leader()
  const known = (addresses: string): World => ({
    ...host({}),
    others: {
      m1: {
        ...world,
        patterns: [
          [/get node m2 --ignore-not-found/, addresses],
          [/delete node m2$/, ''],
          ...(world.patterns ?? []),
        ],
      },
    },
  })
  const run = await rehearse(join, known('10.0.0.99 fd00::99'))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'the cluster knows another machine as m2, at 10.0.0.99, fd00::99')
  const own = await rehearse(join, known('10.0.0.2 fd00::2'))
  assert.is(own.outcome, 'changed', String(own.error))
})
