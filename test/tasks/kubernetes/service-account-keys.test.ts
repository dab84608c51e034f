/** The tasks that replace the service account key, in the order of the playbook, on three masters and a worker. */
import * as assert from 'uvu/assert'
import { serviceAccountControllers } from '../../../tasks/kubernetes/service-account-controllers.ts'
import { serviceAccountKeep } from '../../../tasks/kubernetes/service-account-keep.ts'
import { serviceAccountPrepare } from '../../../tasks/kubernetes/service-account-prepare.ts'
import { serviceAccountSecrets } from '../../../tasks/kubernetes/service-account-secrets.ts'
import { serviceAccountStage } from '../../../tasks/kubernetes/service-account-stage.ts'
import { serviceAccountTokens } from '../../../tasks/kubernetes/service-account-tokens.ts'
import { isCoxswainError } from '../../../engine/index.ts'
import { suite } from '../../support/spec.ts'
import { nodeRow } from './encryption-world.ts'
import {
  apiServerManifest,
  controllerManifest,
  manifestPath,
  masters,
  names,
  nodes,
  old,
  pairOf,
  privatePath,
  publicPath,
  recordPath,
  restartsPath,
  serviceAccountCluster,
} from './service-account-world.ts'

const test = suite('the tasks of rotate-service-accounts')

const own = { masters }
const prepare = (more = {}) =>
  serviceAccountPrepare({ ...own, nodes: ['w1'], madeBefore: '2026-11-01', renewSecrets: true, ...more })
const stage = (which: 'both' | 'new signs' | 'new') =>
  serviceAccountStage({ ...own, nodes: ['w1'], stage: which, settle: 0 })
const controllers = serviceAccountControllers(own)
const secrets = (renew = true) => serviceAccountSecrets({ ...own, renew })
const tokens = serviceAccountTokens({ masters })
const keep = serviceAccountKeep(own)

type Cluster = ReturnType<typeof serviceAccountCluster>

/** What a host does, in the order of the playbook. */
const order = (renew = true) => [
  ...names.map((name) => [name, prepare()] as const),
  ...names.map((name) => [name, stage('both')] as const),
  ...names.map((name) => [name, stage('new signs')] as const),
  ...names.map((name) => [name, controllers] as const),
  ['m1', secrets(renew)] as const,
  ...nodes.map((name) => [name, tokens] as const),
  ...names.map((name) => [name, stage('new')] as const),
  ...names.map((name) => [name, keep] as const),
]

/** A run of the playbook. @param hosts those of `--limit`. */
const play = async (cluster: Cluster, hosts: readonly string[] = nodes, renew = true) => {
  const outcomes: string[] = []
  for (const [name, task] of order(renew)) {
    if (!hosts.includes(name)) continue
    const { outcome, error } = await cluster.execute(name, task)
    outcomes.push(outcome)
    if (outcome === 'failed') return { outcomes, error }
  }
  return { outcomes, error: undefined }
}

const takeTo = async (cluster: Cluster, count: number): Promise<void> => {
  for (const [name, task] of order().slice(0, count)) {
    const { error } = await cluster.execute(name, task)
    assert.is(error, undefined, String(error))
  }
}

const hintOf = (error: unknown): string => (isCoxswainError(error) ? error.hint : '')

const withSecrets = (): Cluster =>
  serviceAccountCluster({
    secrets: { 'kube-system/ci': old.id, 'default/odd': 'unknown' },
  })

test('the key is replaced; no token in use is refused at any step; a second run changes nothing', async () => {
  const cluster = withSecrets()
  const { outcomes, error } = await play(cluster)
  assert.is(error, undefined, String(error))
  assert.equal([...new Set(outcomes)], ['changed'])
  assert.equal(cluster.refused, [])
  const [first] = cluster.servers.values()
  const next = first?.signer ?? ''
  assert.is.not(next, old.id)
  for (const server of cluster.servers.values()) assert.equal(server, { accepted: [next], signer: next })
  assert.equal([...cluster.controllers.values()], [next, next, next])
  assert.equal([...new Set(cluster.pods.map(({ key }) => key))], [next])
  assert.equal(Object.fromEntries(cluster.secrets), {
    'kube-system/ci': next,
    'default/odd': 'unknown',
  })
  const key = cluster.fileOn('m1', privatePath)
  const text = cluster.fileOn('m1', publicPath) ?? ''
  assert.match(
    text,
    /^# service account key made by coxswain at 2026-12-01T00:00:00Z\n-----BEGIN PUBLIC KEY-----\n/,
  )
  for (const name of names) {
    const stored = cluster.connections.get(name)?.files
    assert.is(cluster.fileOn(name, privatePath), key)
    assert.is(cluster.fileOn(name, publicPath), text)
    assert.equal([stored?.get(privatePath)?.mode, stored?.get(privatePath)?.owner], ['0600', 'root'])
    assert.is(stored?.get(publicPath)?.mode, '0644')
    assert.not.ok(stored?.has(recordPath))
    assert.not.ok(stored?.has(restartsPath))
    const kept = stored?.get('/etc/coxswain/replaced/service-accounts-before-20261201t000000z.pub')
    assert.is(kept?.mode, '0600')
    assert.match(String(kept?.content), old.public)
    for (const [path, { content }] of stored ?? [])
      assert.not.match(String(content), old.private.split('\n')[1] ?? '', path)
  }
  assert.is(cluster.connections.get('w1')?.files.size, 0)
  const restarts = cluster.log.filter((line) => line.includes('restart'))
  assert.equal(
    restarts.filter((line) => line.startsWith('m2')),
    [
      'm2: restart kube-apiserver',
      'm2: restart kube-apiserver',
      'm2: restart kube-controller-manager',
      'm2: restart kubelet',
      'm2: restart kube-apiserver',
    ],
  )
  assert.equal(
    cluster.log.filter((line) => line.includes('renew')),
    ['m1: renew kube-system ci'],
  )
  const before = cluster.log.length
  assert.equal([...new Set((await play(cluster)).outcomes)], ['ok'])
  assert.is(cluster.log.length, before)
})

test('--check predicts each task of a run, and changes nothing', async () => {
  const cluster = withSecrets()
  for (const [name, task] of order()) {
    const { count } = cluster.cut
    const { outcome, changes } = await cluster.execute(name, task, true)
    assert.is(outcome, 'would change')
    assert.not.match(JSON.stringify(changes), 'PRIVATE')
    assert.is(cluster.cut.count, count)
    assert.is((await cluster.execute(name, task)).outcome, 'changed')
  }
})

test('a key of RSA, as kubeadm makes it, is replaced by one of RSA', async () => {
  const rsa = pairOf()
  const files = Object.fromEntries(
    names.map((name) => [name, { [publicPath]: rsa.public, [privatePath]: rsa.private }]),
  )
  const cluster = serviceAccountCluster({ files })
  for (const pod of cluster.pods) pod.key = rsa.id
  const { error } = await play(cluster)
  assert.is(error, undefined, String(error))
  assert.equal(cluster.refused, [])
  assert.match(cluster.fileOn('m2', privatePath) ?? '', '-----BEGIN RSA PRIVATE KEY-----')
})

test('a Secret with a token stops the run before anything is changed, by its name', async () => {
  const cluster = withSecrets()
  const { outcome, error } = await cluster.execute('m1', prepare({ renewSecrets: false }))
  assert.is(outcome, 'failed')
  assert.match(String(error), '1 Secret would keep tokens of the former key: kube-system/ci')
  assert.match(hintOf(error), 'make a second Secret of each service account')
  assert.match(hintOf(error), 'rotate_service_accounts_renew_secrets=true')
  assert.is(cluster.cut.count, 0)
})

test('a Secret that is made later stops the run before anything of it is refused', async () => {
  const cluster = serviceAccountCluster()
  await takeTo(cluster, 12)
  cluster.secrets.set('kube-system/ci', old.id)
  const { error } = await cluster.execute('m1', secrets(false))
  assert.match(String(error), '1 Secret does not have a token of the key that signs: kube-system/ci')
  for (const [name, task] of order(false).slice(13, 17)) await cluster.execute(name, task)
  const late = await cluster.execute('m1', stage('new'))
  assert.match(String(late.error), 'the Secret kube-system/ci does not have a token of the new key')
  cluster.secrets.delete('kube-system/ci')
  assert.is((await play(cluster, nodes, false)).error, undefined)
  assert.equal(cluster.refused, [])
})

test('one Secret is tried first; where no controller manager writes tokens, the others keep theirs, and nothing goes on', async () => {
  const given = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`default/s${index}`, old.id]))
  const cluster = serviceAccountCluster({ secrets: given })
  await takeTo(cluster, 12)
  cluster.secrets.set('default/s0', '')
  const { outcome } = await cluster.execute('m1', secrets(), true)
  assert.is(outcome, 'would change')
  assert.match(
    String((await cluster.execute('m1', stage('new'))).error),
    'the Secret default/s0 does not have a token of the new key',
  )
  const next = cluster.controllers.get('m1') ?? ''
  cluster.secrets.set('default/s0', next)
  const before = cluster.log.length
  assert.is((await cluster.execute('m1', secrets())).outcome, 'changed')
  assert.equal(
    cluster.log.slice(before).map((line) => line.split(',').length),
    [1, 20, 8],
  )
})

test('without a replacement, Secrets of keys that no API server has are named, and renewed where that is allowed', async () => {
  const cluster = serviceAccountCluster({ secrets: { 'default/dead': 'replaced long ago' } })
  assert.is((await cluster.execute('m1', secrets(false))).outcome, 'ok')
  assert.is((await cluster.execute('m1', secrets())).outcome, 'changed')
  assert.is(cluster.secrets.get('default/dead'), old.id)
})

test('a time until which former tokens stay accepted is kept on the hosts, and an earlier one is refused', async () => {
  const cluster = serviceAccountCluster()
  const until = (acceptUntil: string) => [
    ...names.map((name) => [name, prepare({ acceptUntil })] as const),
    ...order().slice(3),
  ]
  for (const [name, task] of until('2026-12-31')) {
    const { error } = await cluster.execute(name, task)
    assert.is(error, undefined, String(error))
  }
  const accepted = () => cluster.servers.get('m1')?.accepted.length
  assert.is(accepted(), 2)
  // the command without the time, as another operator runs it
  assert.equal([...new Set((await play(cluster)).outcomes)], ['ok'])
  assert.is(accepted(), 2)
  const earlier = await cluster.execute('m1', prepare({ acceptUntil: '2026-12-24' }))
  assert.match(String(earlier.error), 'until 2026-12-31T00:00:00.000Z, which is later than 2026-12-24')
  assert.match(hintOf(earlier.error), 'give now')
  assert.is((await cluster.execute('m1', prepare({ acceptUntil: 'now' }), true)).outcome, 'would change')
  for (const name of names)
    assert.is((await cluster.execute(name, prepare({ acceptUntil: 'now' }))).outcome, 'changed')
  assert.is((await play(cluster)).error, undefined)
  assert.is(accepted(), 1)
  assert.equal(cluster.refused, [])
})

test('with --limit, no master goes on before the others accept the new key, and none refuses a token of a worker', async () => {
  const cluster = serviceAccountCluster()
  const { error } = await play(cluster, ['m2'])
  assert.match(
    String(error),
    'the new key does not sign yet: m1 does not accept tokens of the new key; m3 does not accept',
  )
  assert.match(hintOf(error), 'without --limit')
  const { error: later } = await play(cluster, names)
  assert.match(String(later), 'w1: a token of a former key is in use: pod default/a-w1')
  assert.is((await play(cluster)).error, undefined)
  assert.equal(cluster.refused, [])
})

test('tokens are not renewed while an API server signs with the former key', async () => {
  const cluster = serviceAccountCluster()
  for (const [name, task] of order().slice(0, 8)) await cluster.execute(name, task)
  for (const [name, task] of [
    ['w1', tokens],
    ['m1', controllers],
  ] as const) {
    const { outcome, error } = await cluster.execute(name, task)
    assert.is(outcome, 'failed')
    assert.match(String(error), 'm3 does not sign with the new key')
  }
  await cluster.execute('m3', stage('new signs'))
  const { error } = await cluster.execute('m1', serviceAccountSecrets({ ...own, renew: true }))
  assert.is(error, undefined)
  assert.match(
    String((await cluster.execute('m1', stage('new'))).error),
    'the controller manager of m1 must be restarted',
  )
})

test('a pod whose token cannot be found is named, and nothing is refused', async () => {
  const cluster = serviceAccountCluster()
  for (const [name, task] of order().slice(0, 17)) await cluster.execute(name, task)
  const [, , , , , , pod] = cluster.pods
  if (pod !== undefined) pod.lost = true
  for (const [name, task] of [
    ['w1', tokens],
    ['m1', stage('new')],
  ] as const) {
    const { outcome, error } = await cluster.execute(name, task)
    assert.is(outcome, 'failed')
    assert.match(
      String(error),
      '1 tokens of pods on w1 are not below /var/lib/kubelet/pods, such as that of pod default/a-w1',
    )
    assert.match(hintOf(error), '--root-dir')
  }
})

test('a master or worker that cannot be reached stops the run before anything is changed', async () => {
  const cluster = serviceAccountCluster()
  for (const name of names) await cluster.execute(name, prepare())
  cluster.away.add('m3')
  const { count } = cluster.cut
  for (const task of [
    stage('both'),
    stage('new signs'),
    controllers,
    secrets(),
    tokens,
    stage('new'),
    keep,
  ]) {
    const { outcome, error } = await cluster.execute('m1', task)
    assert.is(outcome, 'failed')
    assert.match(String(error), 'm3 cannot be reached')
  }
  assert.is(cluster.cut.count, count)
  cluster.away.delete('m3')
  for (const [name, task] of order().slice(0, -6)) await cluster.execute(name, task)
  cluster.away.add('w1')
  assert.match(String((await cluster.execute('m1', stage('new'))).error), 'w1 cannot be reached')
})

const m2 = (files: Readonly<Record<string, string>>) => serviceAccountCluster({ files: { m2: files } })

for (const [title, cluster, message, hint, more] of [
  [
    'other keys on another master',
    () => m2({ [publicPath]: pairOf().public }),
    'not the same on m1 and m2',
    'all of them have the same',
    {},
  ],
  [
    'another signer on another master',
    () => m2({ [privatePath]: pairOf().private }),
    'not the same on m1 and m2',
    'all of them have the same',
    {},
  ],
  [
    'a signer whose tokens are not accepted',
    () => {
      const key = pairOf().private
      return serviceAccountCluster({
        files: Object.fromEntries(names.map((name) => [name, { [privatePath]: key }])),
      })
    },
    'sa.pub does not have the public key of sa.key on m1',
    'started',
    {},
  ],
  [
    'a file that is not a key',
    () => m2({ [privatePath]: 'x' }),
    `${privatePath} on m2 is not a private key`,
    'compare',
    {},
  ],
  [
    'a certificate among the public keys',
    () => m2({ [publicPath]: `${old.public}-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n` }),
    `${publicPath} on m2 does not have public keys alone`,
    'compare',
    {},
  ],
  [
    'another file of public keys',
    () =>
      m2({ [manifestPath('kube-apiserver')]: apiServerManifest('--service-account-key-file', '/more.pub') }),
    `kube-apiserver of m2 has --service-account-key-file=${publicPath}, --service-account-key-file=/more.pub`,
    'by hand',
    {},
  ],
  [
    'another file of the controller manager',
    () => m2({ [manifestPath('kube-controller-manager')]: controllerManifest('/other.key') }),
    'kube-controller-manager of m2 has --service-account-private-key-file=/other.key',
    'by hand',
    {},
  ],
  [
    'a static pod that must be restarted',
    () => m2({ [restartsPath]: 'kube-apiserver\n' }),
    'static pods of m2 must be restarted',
    'renew-certs',
    {},
  ],
  [
    'a worker that the inventory does not have',
    () =>
      serviceAccountCluster({
        nodes: `${[...names, 'w1'].map((name) => nodeRow(name, name === 'w1' ? '{}' : undefined)).join('')}${nodeRow('w9', '{}')}`,
      }),
    'masters and workers of the inventory: w9',
    'add w9',
    {},
  ],
  [
    'a master that is a worker of the inventory',
    () => serviceAccountCluster({ nodes: [...names, 'w1'].map((name) => nodeRow(name)).join('') }),
    'masters and workers of the inventory: w1',
    'add w1',
    {},
  ],
  [
    'an issuer that others verify tokens by',
    () =>
      m2({
        [manifestPath('kube-apiserver')]: apiServerManifest(
          '--service-account-issuer=https://oidc.example/x',
        ),
      }),
    'the API server of m2 has --service-account-issuer=https://oidc.example/x',
    'rotate_service_accounts_external=true',
    {},
  ],
  [
    'a set of keys elsewhere',
    () =>
      m2({
        [manifestPath('kube-apiserver')]: apiServerManifest(
          '--service-account-jwks-uri',
          'https://x.example/',
        ),
      }),
    'the API server of m2 has --service-account-jwks-uri=https://x.example/',
    'minutes after it is published',
    {},
  ],
  [
    'a key of encryption at rest that is replaced on another master',
    () => m2({ '/etc/coxswain/rotate-keys/encryption.json': '{}' }),
    'm2 is within the replacement of the key of encryption at rest',
    'playbooks/rotate-keys.ts without --limit',
    {},
  ],
  [
    'a worker of the inventory that is not a node',
    () => serviceAccountCluster({ nodes: names.map((name) => nodeRow(name)).join('') }),
    'all masters and workers of the inventory as nodes: w1',
    'let them join',
    {},
  ],
  [
    'a cluster without a token of a pod',
    () => {
      const one = serviceAccountCluster()
      one.pods.length = 0
      return one
    },
    'no pod of the cluster has a token',
    'kube-system',
    {},
  ],
  [
    'a time in the future',
    () => serviceAccountCluster(),
    'is in the future',
    'give an earlier time',
    { madeBefore: '2027-01-01' },
  ],
] as const)
  test(`refused before anything is changed: ${title}`, async () => {
    const one = cluster()
    const { outcome, error } = await one.execute('m1', prepare(more))
    assert.is(outcome, 'failed')
    assert.match(String(error), message)
    assert.match(hintOf(error), hint)
    assert.match(hintOf(error), 'nothing was changed')
    assert.is(one.cut.count, 0)
  })

test('a key that was made after the time stays; one of kubeadm is old', async () => {
  const cluster = serviceAccountCluster()
  assert.is(
    (await cluster.execute('m1', prepare({ madeBefore: '2020-01-01' }), true)).outcome,
    'would change',
  )
  await play(cluster)
  assert.is((await cluster.execute('m1', prepare({ madeBefore: '2026-12-01T00:00:00Z' }))).outcome, 'ok')
})

test('keys that someone has changed in the middle are refused, with the files', async () => {
  const cluster = serviceAccountCluster()
  for (const [name, task] of order().slice(0, 4)) await cluster.execute(name, task)
  cluster.connections.get('m1')?.files.set(publicPath, { content: pairOf().public })
  const { outcome, error } = await cluster.execute('m1', stage('new signs'))
  assert.is(outcome, 'failed')
  assert.match(
    String(error),
    `${publicPath} or ${privatePath} on m1 has other keys than the former ones and the new one`,
  )
})

test('a kubelet that does not run is named before anything is changed', async () => {
  const cluster = serviceAccountCluster({ kubelet: 'failed' })
  for (const name of names) await cluster.execute(name, prepare())
  const { outcome, error } = await cluster.execute('m1', stage('both'))
  assert.is(outcome, 'failed')
  assert.match(String(error), 'the kubelet of m1 is failed')
  assert.is(cluster.fileOn('m1', publicPath), old.public)
})

test('parameters that are not valid are refused', () => {
  assert.throws(() => serviceAccountPrepare({ ...own, madeBefore: 'yesterday' }), 'madeBefore')
  assert.throws(() => serviceAccountPrepare({ ...own, masters: [], madeBefore: '2026-01-01' }), 'masters')
  assert.throws(() => serviceAccountTokens({ masters: [] }), 'masters')
})

test('files that API servers have not loaded are refused before anything is changed: a restart would refuse tokens in use', async () => {
  const cluster = serviceAccountCluster()
  const other = pairOf('prime256v1')
  for (const name of names) {
    cluster.connections.get(name)?.files.set(publicPath, { content: other.public })
    cluster.connections.get(name)?.files.set(privatePath, { content: other.private })
  }
  const { outcome, error } = await cluster.execute('m1', prepare())
  assert.is(outcome, 'failed')
  assert.match(String(error), 'the API server of m1 has loaded other keys than sa.pub there has')
  assert.is(cluster.cut.count, 0)
})

test('a file that was copied by hand does not count until its API server was restarted', async () => {
  const cluster = serviceAccountCluster()
  await takeTo(cluster, 4)
  const text = cluster.fileOn('m1', publicPath) ?? ''
  for (const name of ['m2', 'm3']) cluster.connections.get(name)?.files.set(publicPath, { content: text })
  const { error } = await cluster.execute('m1', stage('new signs'))
  assert.match(
    String(error),
    'the API server of m2 must be restarted; the API server of m3 must be restarted',
  )
  assert.is((await cluster.execute('m2', stage('both'), true)).outcome, 'would change')
  assert.is((await cluster.execute('m2', stage('both'))).outcome, 'changed')
  assert.is((await play(cluster)).error, undefined)
  assert.equal(cluster.refused, [])
})

test('an API server that has other keys after its restart stops the run at the first master', async () => {
  const cluster = serviceAccountCluster()
  await takeTo(cluster, 3)
  cluster.deaf.add('m1')
  const { outcome, error } = await cluster.execute('m1', stage('both'))
  assert.is(outcome, 'failed')
  assert.match(String(error), `the API server of m1 was restarted, and has other keys than ${publicPath}`)
  assert.match(hintOf(error), 'which file its manifest mounts there')
  assert.is(cluster.fileOn('m1', restartsPath), 'kube-apiserver\n')
  assert.match(
    String((await cluster.execute('m2', stage('new signs'))).error),
    'the API server of m1 must be restarted',
  )
  cluster.deaf.clear()
  assert.is((await play(cluster)).error, undefined)
})

test('an API server that signs with the former key is found before its tokens are refused', async () => {
  const cluster = serviceAccountCluster()
  await takeTo(cluster, 17)
  const server = cluster.servers.get('m2')
  if (server !== undefined) cluster.servers.set('m2', { ...server, signer: old.id })
  const { error } = await cluster.execute('m1', stage('new'))
  assert.match(String(error), `the API server of m2 signs with the key ${old.id}, not with the new one`)
  assert.match(hintOf(error), 'tokens of the former key stay accepted')
  assert.equal(cluster.refused, [])
})

test('a file that others could write is not opened to them again; its group stays', async () => {
  const cluster = serviceAccountCluster()
  const files = cluster.connections.get('m1')?.files
  files?.set(publicPath, { content: old.public, mode: '0777', group: 'keys' })
  files?.set(privatePath, { content: old.private, mode: '0644', group: 'keys' })
  await takeTo(cluster, 7)
  assert.equal([files?.get(publicPath)?.mode, files?.get(publicPath)?.group], ['0644', 'keys'])
  assert.equal([files?.get(privatePath)?.mode, files?.get(privatePath)?.group], ['0640', 'keys'])
})

test('a host without the record is not ok while another one has it', async () => {
  const cluster = serviceAccountCluster()
  await takeTo(cluster, 1)
  for (const task of [stage('both'), stage('new signs'), stage('new'), controllers]) {
    const { outcome, error } = await cluster.execute('m2', task)
    assert.is(outcome, 'failed')
    assert.match(String(error), `m2 does not have ${recordPath}`)
    assert.match(hintOf(error), '--start-at-task')
  }
})

test('former tokens that appear after the first master refuses them are renewed by the next run', async () => {
  const cluster = serviceAccountCluster()
  await takeTo(cluster, 18)
  // what a snapshot brings back
  for (const pod of cluster.pods) if (pod.node === 'w1') pod.key = old.id
  cluster.secrets.set('default/ci', old.id)
  assert.match(
    String((await cluster.execute('m2', stage('new'))).error),
    'w1: a token of a former key is in use',
  )
  const { outcomes, error } = await play(cluster)
  assert.is(error, undefined, String(error))
  assert.ok(outcomes.includes('changed'))
  const next = cluster.servers.get('m1')?.signer
  assert.is(cluster.secrets.get('default/ci'), next)
  for (const pod of cluster.pods) assert.is(pod.key, next)
})

test('an issuer of the cluster itself is not external, and another one can be accepted', async () => {
  const withIssuer = (issuer: string) =>
    serviceAccountCluster({
      files: Object.fromEntries(
        names.map((name) => [
          name,
          { [manifestPath('kube-apiserver')]: apiServerManifest(`--service-account-issuer=${issuer}`) },
        ]),
      ),
    })
  const usual = withIssuer('https://kubernetes.default.svc.cluster.local')
  assert.is((await usual.execute('m1', prepare(), true)).outcome, 'would change')
  const other = withIssuer('https://oidc.example')
  assert.is((await other.execute('m1', prepare({ external: true }), true)).outcome, 'would change')
})
