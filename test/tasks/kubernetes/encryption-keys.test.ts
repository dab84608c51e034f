/** The tasks that replace a key of encryption at rest, in the order of the playbook, on three hosts that share an etcd. */
import * as assert from 'uvu/assert'
import { encryptionKeep } from '../../../tasks/kubernetes/encryption-keep.ts'
import { encryptionPrepare } from '../../../tasks/kubernetes/encryption-prepare.ts'
import { encryptionRewrite } from '../../../tasks/kubernetes/encryption-rewrite.ts'
import { encryptionStage } from '../../../tasks/kubernetes/encryption-stage.ts'
import { isCoxswainError } from '../../../engine/index.ts'
import { suite } from '../../support/spec.ts'
import {
  encryptionCluster,
  file,
  manifestOf,
  manifestPath,
  names,
  nodeRow,
  oldConfig,
  oldSecret,
  recordPath,
  restartsPath,
} from './encryption-world.ts'

const test = suite('the tasks of rotate-keys')

const own = { masters: [...names], address: '10.0.0.1' }
const prepare = (more = {}) => encryptionPrepare({ ...own, madeBefore: '2026-11-01', file, ...more })
const stage = (which: 'both' | 'new first' | 'new') => encryptionStage({ ...own, stage: which })
const rewrite = encryptionRewrite(own)
const keep = encryptionKeep({ masters: own.masters })

type Cluster = ReturnType<typeof encryptionCluster>

/** What a host does, in the order of the playbook. */
const order = (more = {}) => [
  ...names.map((name) => [name, prepare(more)] as const),
  ...names.map((name) => [name, stage('both')] as const),
  ...names.map((name) => [name, stage('new first')] as const),
  ['m1', rewrite] as const,
  ...names.map((name) => [name, stage('new')] as const),
  ...names.map((name) => [name, keep] as const),
]

/** A run of the playbook. @param hosts those of `--limit`. */
const play = async (cluster: Cluster, more = {}, hosts: readonly string[] = names) => {
  const outcomes: string[] = []
  for (const [name, task] of order(more)) {
    if (!hosts.includes(name)) continue
    const { outcome, error } = await cluster.execute(name, task)
    outcomes.push(outcome)
    if (outcome === 'failed') return { outcomes, error }
    // others write all the time, through any API server
    for (const [index, writer] of names.entries())
      cluster.write(writer, `/registry/secrets/default/by-${index}-${outcomes.length}`)
  }
  return { outcomes, error: undefined }
}

const hintOf = (error: unknown): string => (isCoxswainError(error) ? error.hint : '')
const newKey = 'key-20261201t000000z'

const without = Object.fromEntries(names.map((name) => [name, { [manifestPath]: manifestOf() }]))
/** Hosts whose cluster does not encrypt: they do not have the file. */
const plainCluster = (): Cluster => {
  const cluster = encryptionCluster({ files: without })
  for (const one of cluster.connections.values()) one.files.delete(file)
  return cluster
}

test('a key of aescbc is replaced by one of secretbox; everything can be read at each step; a second run changes nothing', async () => {
  const cluster = encryptionCluster()
  const { outcomes, error } = await play(cluster)
  assert.is(error, undefined, String(error))
  assert.equal([...new Set(outcomes)], ['changed'])
  assert.equal(cluster.unreadable, [])
  for (const value of cluster.values.values()) assert.match(value, `k8s:enc:secretbox:v1:${newKey}:`)
  const text = cluster.fileOn('m1', file) ?? ''
  assert.not.match(text, 'aescbc')
  assert.match(text, 'identity')
  for (const name of names) {
    assert.is(cluster.fileOn(name, file), text)
    const stored = cluster.connections.get(name)?.files
    assert.equal([stored?.get(file)?.mode, stored?.get(file)?.owner], ['0600', 'root'])
    assert.not.ok(stored?.has(recordPath))
    assert.not.ok(stored?.has(restartsPath))
    const kept = `/etc/coxswain/replaced/encryption-before-${newKey}.yaml`
    assert.is(stored?.get(kept)?.mode, '0600')
    assert.match(String(stored?.get(kept)?.content), oldSecret)
    assert.match(
      String(stored?.get(kept)?.content),
      'A snapshot of etcd from before needs them after the new one',
    )
  }
  const restarts = cluster.log.filter((line) => line.includes('restart'))
  assert.is(restarts.length, 9)
  const again = await play(cluster)
  assert.equal([...new Set(again.outcomes)], ['ok'])
  assert.is(cluster.log.filter((line) => line.includes('restart')).length, 9)
})

test('a key of a person in the same provider is replaced as well', async () => {
  const cluster = encryptionCluster()
  const { error } = await play(cluster, { provider: 'aescbc' })
  assert.is(error, undefined, String(error))
  assert.equal(cluster.unreadable, [])
  for (const value of cluster.values.values()) assert.match(value, `k8s:enc:aescbc:v1:${newKey}:`)
})

test('a cluster that does not encrypt begins to; its API servers get the argument', async () => {
  const cluster = plainCluster()
  const { outcomes, error } = await play(cluster, { file, resources: ['secrets'] })
  assert.is(error, undefined, String(error))
  assert.equal([...new Set(outcomes)], ['changed'])
  assert.equal(cluster.unreadable, [])
  for (const value of cluster.values.values()) assert.match(value, `k8s:enc:secretbox:v1:${newKey}:`)
  for (const name of names) {
    assert.is(
      cluster.fileOn(name, manifestPath),
      manifestOf().replace(
        '- kube-apiserver\n',
        `- kube-apiserver\n    - --encryption-provider-config=${file}\n`,
      ),
    )
    assert.not.match(cluster.fileOn(name, file) ?? '', 'identity')
    const kept = cluster.fileOn(name, `/etc/coxswain/replaced/encryption-before-${newKey}.yaml`) ?? ''
    assert.match(kept, 'A snapshot of etcd from before needs the provider identity as the last one')
    assert.match(kept, /providers:\n\s+- identity: \{\}\n$/)
  }
  assert.equal([...new Set((await play(cluster, { file })).outcomes)], ['ok'])
})

test('a run that ends after any task, or before a restart, is completed by the same run', async () => {
  for (const most of [2, 4, 8, 10, 12]) {
    const cluster = encryptionCluster()
    for (const [name, task] of order().slice(0, most)) await cluster.execute(name, task)
    // what a run leaves that is killed after the file is written and before the restart
    const [name = 'm1', task] = order()[most] ?? []
    const before = cluster.connections.get(name)
    const program = before?.log.length
    if (task !== undefined) await cluster.execute(name, task, true)
    assert.is(before?.log.slice(program).filter(({ purpose }) => purpose === 'run').length, 0)
    before?.files.set(restartsPath, { content: 'kube-apiserver\n' })
    const { error } = await play(cluster)
    assert.is(error, undefined, `${most}: ${String(error)}`)
    assert.equal(cluster.unreadable, [], String(most))
    assert.is((await cluster.execute('m3', prepare())).outcome, 'ok')
  }
})

test('with --limit, no master goes on before the others can decrypt', async () => {
  const cluster = encryptionCluster()
  const { error } = await play(cluster, {}, ['m2'])
  assert.match(
    String(error),
    'the new key does not encrypt yet: m1 does not know the new key; m3 does not know',
  )
  assert.match(hintOf(error), 'without --limit')
  const { error: later } = await play(cluster)
  assert.is(later, undefined, String(later))
  assert.equal(cluster.unreadable, [])
})

test('the former keys stay while an object is left under them, and the run names it', async () => {
  const path = '/api/v1/namespaces/default/secrets/a'
  const cluster = encryptionCluster({
    refuses: { [path]: 'write\tError from server (Forbidden): admission webhook "x" denied' },
  })
  const { error } = await play(cluster)
  assert.match(
    String(error),
    `does not write 1 object, such as ${path}: Error from server (Forbidden): admission`,
  )
  assert.match(hintOf(error), 'the former keys stay until then')
  const { outcome, error: refusal } = await cluster.execute('m1', stage('new'))
  assert.is(outcome, 'failed')
  assert.match(String(refusal), 'the former keys stay:')
  assert.match(String(refusal), 'objects may be left under former keys')
  delete cluster.refused[path]
  assert.is((await play(cluster)).error, undefined)
  assert.equal(cluster.unreadable, [])
})

test('more objects than fit into one answer are all written again', async () => {
  const objects = Array.from({ length: 612 }, (_, index) => `secrets/ns-${index % 7}/object-${index}`)
  const cluster = encryptionCluster({ objects })
  const { error } = await play(cluster)
  assert.is(error, undefined, String(error))
  for (const value of cluster.values.values()) assert.match(value, 'secretbox')
})

test('--check predicts each task of a run, and changes nothing', async () => {
  for (const cluster of [encryptionCluster(), plainCluster()]) {
    const { outcome, changes } = await cluster.execute('m1', prepare(), true)
    assert.is(outcome, 'would change')
    assert.not.match(JSON.stringify(changes), oldSecret)
    assert.not.ok(cluster.connections.get('m1')?.files.has(recordPath))
    // what follows depends on the record, which is not there yet: each is predicted when those before it are done
    for (const [name, task] of order()) {
      const { count } = cluster.cut
      assert.is((await cluster.execute(name, task, true)).outcome, 'would change')
      assert.is(cluster.cut.count, count)
      assert.is((await cluster.execute(name, task)).outcome, 'changed')
    }
  }
})

for (const lines of [
  ['- "--etcd-prefix=/foo"'],
  ['# - --etcd-prefix=/old', '- --etcd-prefix', '- /foo'],
  ['- --etcd-prefix=/x', '- --etcd-prefix=/foo/'],
])
  test(`objects are found where the API server keeps them: ${lines.join(' ')}`, async () => {
    const files = Object.fromEntries(names.map((name) => [name, { [manifestPath]: manifestOf(file, lines) }]))
    const cluster = encryptionCluster({ files, registry: '/foo' })
    for (const [name, task] of order()) {
      const { error } = await cluster.execute(name, task)
      assert.is(error, undefined, String(error))
    }
    assert.equal(cluster.unreadable, [])
    for (const value of cluster.values.values()) assert.match(value, `k8s:enc:secretbox:v1:${newKey}:`)
  })

test('an API server that lost a key by its restart stops the run at the first master', async () => {
  const cluster = encryptionCluster()
  for (const name of names) await cluster.execute(name, prepare())
  // someone has taken this key from all files too early, and the API servers still had it
  cluster.values.set('/registry/secrets/default/lost', 'k8s:enc:aescbc:v1:lost:x')
  const { outcome, error } = await cluster.execute('m1', stage('both'))
  assert.is(outcome, 'failed')
  assert.match(String(error), 'the API server of m1 cannot read all secrets')
  assert.match(hintOf(error), 'restart no other API server')
  // the others do not encrypt with the new key until that is right
  const next = await cluster.execute('m2', stage('new first'))
  assert.match(String(next.error), 'the API server of m1 must be restarted')
  cluster.values.delete('/registry/secrets/default/lost')
  assert.is((await play(cluster)).error, undefined)
})

test('objects that came back under former keys keep the record', async () => {
  const cluster = encryptionCluster()
  const tasks = order()
  for (const [name, task] of tasks.slice(0, -3)) await cluster.execute(name, task)
  // a snapshot from before
  cluster.values.set('/registry/secrets/default/a', 'k8s:enc:aescbc:v1:key1:x')
  const { outcome, error } = await cluster.execute('m1', keep)
  assert.is(outcome, 'failed')
  assert.match(String(error), 'may be under former keys again')
  assert.match(hintOf(error), `add the former keys, which are in ${recordPath}`)
  assert.ok(cluster.connections.get('m1')?.files.has(recordPath))
})

test('an object that cannot be read is not one to delete; a server that was away is tried again', async () => {
  const path = '/api/v1/namespaces/default/secrets/a'
  for (const [why, message, hint] of [
    [
      'read\tError from server (InternalError): unable to transform key',
      'cannot read 1 object',
      'do not delete',
    ],
    [
      'write\tError from server (InternalError): webhook x',
      'does not write 1 object',
      'admission webhook; then',
    ],
    ['write\tThe connection to the server was refused', 'does not write 1 object', 'check the API server'],
  ] as const) {
    const cluster = encryptionCluster({ refuses: { [path]: why } })
    const { error } = await play(cluster)
    assert.match(String(error), message)
    assert.match(hintOf(error), hint)
    assert.not.match(hintOf(error), 'or delete the object')
  }
  const cluster = encryptionCluster({ refuses: { [path]: 'read\tUnable to connect to the server: EOF' } })
  for (const [name, task] of order().slice(0, 9)) await cluster.execute(name, task)
  const before = cluster.log.length
  cluster.atRewrite = () => {
    if (cluster.log.length > before + 1) delete cluster.refused[path]
  }
  const { outcome, error } = await cluster.execute('m1', rewrite)
  assert.is(outcome, 'changed', String(error))
})

test('a master that cannot be reached stops the run before anything is changed', async () => {
  const cluster = encryptionCluster()
  for (const name of names) await cluster.execute(name, prepare())
  cluster.away.add('m3')
  const { count } = cluster.cut
  for (const task of [stage('both'), stage('new first'), rewrite, stage('new'), keep]) {
    const { outcome, error } = await cluster.execute('m1', task)
    assert.is(outcome, 'failed')
    assert.match(String(error), 'm3 cannot be reached')
  }
  assert.is(cluster.cut.count, count)
})

test('a master whose API server would not have the folder of the keys is refused before it is changed', async () => {
  const cluster = plainCluster()
  for (const name of names) await cluster.execute(name, prepare())
  cluster.connections.get('m2')?.files.set(manifestPath, {
    content: manifestOf().replace('/etc/kubernetes/pki', '/elsewhere'),
  })
  const { outcome, error } = await cluster.execute('m2', stage('both'))
  assert.is(outcome, 'failed')
  assert.match(String(error), `the API server of m2 cannot read ${file}`)
  assert.not.ok(cluster.fileOn('m2', file))
})

const m1 = (files: Readonly<Record<string, string>>) => encryptionCluster({ files: { m1: files } })
const m2 = (files: Readonly<Record<string, string>>) => encryptionCluster({ files: { m2: files } })

for (const [title, cluster, message, hint, more] of [
  [
    'a master without the argument',
    () => m2({ [manifestPath]: manifestOf() }),
    'that of m2 does not have',
    'same file',
    {},
  ],
  [
    'other keys on another master',
    () => m2({ [file]: oldConfig.replace('key1', 'key2') }),
    'on m2 differs from that on m1',
    'same keys in the same order',
    {},
  ],
  [
    'a master that the inventory does not have',
    () => encryptionCluster({ nodes: `${nodeRow('m1')}${nodeRow('m9')}${nodeRow('w1', '{}')}` }),
    'not masters of the inventory: m9',
    'remove-master',
    {},
  ],
  [
    'a time in the future',
    () => encryptionCluster(),
    'is in the future',
    'give an earlier time',
    { madeBefore: '2027-01-01' },
  ],
  [
    'another file in the inventory',
    () => encryptionCluster(),
    `read ${file}, and the inventory says /x`,
    `encryption-provider-config: ${file}`,
    { file: '/x' },
  ],
  [
    'no encryption, and no file in the inventory',
    plainCluster,
    'does not encrypt at rest',
    'api_server',
    { file: undefined },
  ],
  [
    'encryption that the inventory does not have',
    () => encryptionCluster(),
    `read ${file}, and the inventory does not have that argument: an upgrade would take it away`,
    `encryption-provider-config: ${file}`,
    { file: undefined },
  ],
  [
    'a file that was changed after its API server was started',
    () => encryptionCluster({ changed: { m2: 1000 } }),
    `${file} on m2 was changed at 1970-01-01T00:16:40.000Z, and its API server was started at`,
    'restart the API servers one after the other',
    {},
  ],
  [
    'an API server that cannot read an object',
    () => {
      const one = encryptionCluster()
      one.values.set('/registry/secrets/default/lost', 'k8s:enc:aescbc:v1:lost:x')
      return one
    },
    'the API server of m1 cannot read all secrets: Error from server (InternalError)',
    'do not delete the object',
    {},
  ],
  [
    'API servers of two versions',
    () => m2({ [manifestPath]: manifestOf(file).replace('v1.37.2', 'v1.36.0') }),
    'different versions: v1.37.2 on m1, v1.36.0 on m2',
    'upgrade.ts',
    {},
  ],
  [
    'an etcd that is not that of the host',
    () => m1({ [manifestPath]: manifestOf(file).replace('https://127.0.0.1:2379', 'https://10.0.0.9:2379') }),
    'the API server of m1 does not use the etcd of its host: --etcd-servers=https://10.0.0.9:2379',
    'by hand',
    {},
  ],
  [
    'etcd-servers-overrides in two words',
    () =>
      m1({
        [manifestPath]: manifestOf(file, ['- --etcd-servers-overrides', '- /events#https://10.0.0.9:2379']),
      }),
    'several etcd clusters',
    'by hand',
    {},
  ],
  [
    'an etcd in which the cluster is not',
    () => m1({ [manifestPath]: manifestOf(file, ['- --etcd-prefix=/other']) }),
    'the etcd of m1 does not have /other/namespaces/kube-system',
    'compare --etcd-prefix',
    {},
  ],
  [
    'a file that the API server cannot read',
    plainCluster,
    'cannot read /var/keys/e.yaml',
    '/etc/kubernetes/pki/encryption.yaml',
    { file: '/var/keys/e.yaml' },
  ],
  [
    'a file that no API server reads',
    () => encryptionCluster({ files: without }),
    `${file} exists on m1, but its API server does not read it`,
    'move it away',
    { file },
  ],
  [
    'data that is being decrypted',
    () =>
      encryptionCluster({
        files: Object.fromEntries(
          names.map((name) => [
            name,
            { [file]: oldConfig.replace(/( {2}- aescbc.*\n)( {2}- identity.*\n)/, '$2$1') },
          ]),
        ),
      }),
    'secrets is being decrypted',
    'move identity to the end',
    {},
  ],
] as const) {
  test(`refused before anything is changed: ${title}`, async () => {
    const one = cluster()
    const { outcome, error } = await one.execute('m1', prepare(more))
    assert.is(outcome, 'failed')
    assert.match(String(error), message)
    assert.match(hintOf(error), hint)
    assert.not.match(`${String(error)}${hintOf(error)}`, oldSecret)
    assert.not.ok(one.connections.get('m1')?.files.has(recordPath))
  })
}

test('a key that was made after the time stays', async () => {
  const cluster = encryptionCluster()
  await play(cluster)
  assert.is((await cluster.execute('m1', prepare({ madeBefore: '2026-12-01T00:00:00Z' }))).outcome, 'ok')
})

test('a file that someone has changed in the middle is refused, with its name', async () => {
  const cluster = encryptionCluster()
  for (const [name, task] of order().slice(0, 4)) await cluster.execute(name, task)
  cluster.connections.get('m1')?.files.set(file, { content: oldConfig.replace('key1', 'other') })
  const { outcome, error } = await cluster.execute('m1', stage('new first'))
  assert.is(outcome, 'failed')
  assert.match(String(error), `on m1 has other keys than the former ones and ${newKey}`)
})

test('keys in a key management service are refused', async () => {
  const cluster = encryptionCluster()
  const kms = oldConfig.replace(/aescbc: .*/, 'kms: {name: vault, endpoint: unix:///run/kms.sock}')
  cluster.connections.get('m2')?.files.set(file, { content: kms })
  const { outcome, error } = await cluster.execute('m1', prepare())
  assert.is(outcome, 'failed')
  assert.match(String(error), `${file} on m2: its keys are in a key management service (kms)`)
  assert.match(hintOf(error), 'rotate them there')
})

test('a host that is not a master is named', async () => {
  const cluster = encryptionCluster()
  cluster.connections.get('m2')?.files.delete(manifestPath)
  const { error } = await cluster.execute('m1', prepare())
  assert.match(String(error), `m2 does not have ${manifestPath}`)
})

test('a kubelet that does not run is named before anything is changed', async () => {
  const cluster = encryptionCluster({ kubelet: 'failed' })
  for (const name of names) await cluster.execute(name, prepare())
  const { outcome, error } = await cluster.execute('m1', stage('both'))
  assert.is(outcome, 'failed')
  assert.match(String(error), 'the kubelet of m1 is failed')
  assert.is(cluster.fileOn('m1', file), oldConfig)
})
