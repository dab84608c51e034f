import { X509Certificate } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { authorityPrepare } from '../../../tasks/kubernetes/authority-prepare.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import {
  adminConf,
  files,
  former,
  next,
  other,
  pki,
  prepared,
  replaced,
  rotating,
  signed,
} from './rotation-world.ts'

const test = suite('authority-prepare')

const config = '/etc/coxswain/kubeadm.yaml'
const made = `${rotating}/made`
const minute = 60_000
/** The authority was made a moment ago, so that the clock of the hosts is an hour ahead. */
const madeBefore = new Date(
  new Date(new X509Certificate(former.ca).validFrom).getTime() + minute,
).toISOString()
const clock = String(Math.floor(Date.now() / 1000) + 3600)

const task = (more: Partial<Parameters<typeof authorityPrepare>[0]> = {}) =>
  authorityPrepare({
    authority: 'cluster',
    madeBefore,
    masters: ['host', 'm2'],
    version: 'v1.37.2',
    address: '10.0.0.1',
    ...more,
  })

/** It must not trust what is in admin.conf: kubeadm may have written the new authority alone there. */
const nodesAre = [
  /^kubectl .*--server https:\/\/10\.0\.0\.1:6443 get nodes --certificate-authority \/etc\/kubernetes\/pki\/ca\.crt /,
  'host\nm2\n',
] as const

const world = (given: NonNullable<World['files']>, m2: NonNullable<World['files']> = files): World => ({
  files: given,
  replies: { 'date +%s': clock, 'kubeadm version -o short': 'v1.37.2\n' },
  patterns: [
    [
      /^kubeadm init phase certs ca /,
      (_, all) => {
        assert.not.ok(all.has(`${rotating}/new.crt`))
        all.set(`${made}/ca.crt`, { content: next.ca })
        all.set(`${made}/ca.key`, { content: 'the new key' })
        return ''
      },
    ],
    nodesAre,
  ],
  others: { m2: { files: m2 } },
})

test('an authority that was made after the time is kept', async () => {
  const early = new Date(Date.parse(madeBefore) - 2 * minute).toISOString()
  assert.is((await rehearse(task({ madeBefore: early }), world(files))).outcome, 'ok')
  assert.is((await rehearse(task({ madeBefore: '2020-01-01' }), world(files))).outcome, 'ok')
})

test('kubeadm makes a new one beside it, with the configuration of the cluster, and nothing in use changes', async () => {
  const text = 'kind: InitConfiguration\n---\nkind: ClusterConfiguration\nencryptionAlgorithm: ECDSA-P256\n'
  const run = await rehearse(task(), world({ ...files, [config]: text }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [`kubeadm init phase certs ca --config ${made}/kubeadm.yaml`])
  for (const [path, content] of Object.entries({ ...files, ...prepared }))
    assert.is(run.files.get(path)?.content, content, path)
  for (const path of Object.keys(prepared)) assert.is(run.files.get(path)?.mode, '0600', path)
  assert.equal(
    [...run.files.keys()].filter((path) => path.startsWith(`${made}/`)),
    [],
  )
})

test('the configuration says where kubeadm makes it, and all else that it said', async () => {
  let seen = ''
  const given = world({ ...files, [config]: 'kind: ClusterConfiguration\nencryptionAlgorithm: ECDSA-P256\n' })
  const [[pattern, reply] = [/^$/, ''] as const] = given.patterns ?? []
  await rehearse(task(), {
    ...given,
    patterns: [
      [
        pattern,
        (command, all) => {
          seen = String(all.get(`${made}/kubeadm.yaml`)?.content)
          return typeof reply === 'function' ? reply(command, all) : reply
        },
      ],
      nodesAre,
    ],
  })
  assert.is(seen, `kind: ClusterConfiguration\nencryptionAlgorithm: ECDSA-P256\ncertificatesDir: ${made}\n`)
})

test('without a configuration, kubeadm gets its own version, so that it does not ask the internet', async () => {
  const run = await rehearse(task(), world(files))
  assert.equal(run.commands.apply, [
    `kubeadm init phase certs ca --kubernetes-version v1.37.2 --cert-dir ${made}`,
  ])
})

test('the others get a copy, also of one that an interrupted run has made elsewhere', async () => {
  const run = await rehearse(task(), world(files, { ...files, ...prepared }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [])
  for (const [path, content] of Object.entries(prepared))
    assert.is(run.files.get(path)?.content, content, path)
})

test('a master that has joined meanwhile gets the former authority of the others, not the first certificate of its file', async () => {
  const joined = Object.fromEntries(Object.entries(signed).filter(([path]) => !path.startsWith(rotating)))
  const run = await rehearse(task(), world(joined, signed))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get(`${rotating}/former.crt`)?.content, former.ca)
  assert.is(run.files.get(`${rotating}/former.key`)?.content, 'the former key')
  // its own admin.conf is of the new one: it would not prove anything
  assert.is(run.files.get(`${rotating}/client.conf`)?.content, prepared[`${rotating}/client.conf`])
})

test('what an interrupted run has left of one that is not complete is not used', async () => {
  const run = await rehearse(
    task(),
    world({ ...files, [`${made}/ca.key`]: 'half', [`${rotating}/new.key`]: 'half' }),
  )
  assert.is(run.files.get(`${rotating}/new.key`)?.content, 'the new key')
})

test('one that has begun is kept, whatever the time says, and one that has ended is not begun again', async () => {
  assert.is((await rehearse(task(), world({ ...files, ...prepared }))).outcome, 'ok')
  const ended = Object.fromEntries(Object.entries(replaced).filter(([path]) => !path.startsWith(rotating)))
  assert.is((await rehearse(task(), world(ended, replaced))).outcome, 'ok')
})

const without = (path: string) => Object.fromEntries(Object.entries(files).filter(([one]) => one !== path))
for (const [title, given, m2, message, more] of [
  [
    'masters with different authorities',
    files,
    { ...files, [`${pki}/ca.crt`]: other.ca },
    'is not the same on host and m2',
    {},
  ],
  [
    'an authority among others',
    { ...files, [`${pki}/ca.crt`]: former.ca + other.ca },
    files,
    'has 2 certificates, not one',
    {},
  ],
  ['a key that is elsewhere', without(`${pki}/ca.key`), files, 'ca.key is not on host', {}],
  ['a host without it', files, without(`${pki}/ca.crt`), 'm2 does not have /etc/kubernetes/pki/ca.crt', {}],
  [
    'a time that is not past',
    files,
    files,
    'is not 5 minutes ago',
    { madeBefore: new Date(Number(clock) * 1000).toISOString() },
  ],
  [
    'a kubeadm that does not renew kubeconfigs',
    files,
    files,
    'kubeadm v1.14.0 cannot renew',
    { version: 'v1.14.0' },
  ],
] as const)
  test(`refused by name, and also by --check: ${title}`, async () => {
    const run = await rehearse(task(more), world(given, m2))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.ok(hintOf(run.error).length > 0)
    assert.equal(run.commands.apply, [])
  })

test('refused by name: two masters with different new ones', async () => {
  const given: World = {
    ...world(files, { ...files, ...prepared }),
    others: {
      m2: { files: { ...files, ...prepared } },
      m3: { files: { ...files, ...prepared, [`${rotating}/new.crt`]: other.ca } },
    },
  }
  const run = await rehearse(task({ masters: ['host', 'm2', 'm3'] }), given)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'm2 and m3 have different new authorities')
})

for (const [title, given, m2] of [
  ['before anything is changed', files, files],
  ['before a run that was interrupted goes on', { ...files, ...prepared }, files],
  ['before a master gets a copy', files, { ...files, ...prepared }],
] as const)
  test(`a node that is not a master is refused ${title}`, async () => {
    const run = await rehearse(task(), {
      ...world(given, m2),
      patterns: [[/^kubectl .* get nodes /, 'host\nm2\nw1\nw2\n']],
    })
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), 'w1, w2 would be cut off')
    assert.match(hintOf(run.error), 'workers are not given the new authority yet')
    assert.equal(run.commands.apply, [])
  })

test('the nodes do not matter for other authorities, nor where there is nothing to replace', async () => {
  const withWorker: World = { ...world(files), patterns: [[/^kubectl .* get nodes /, 'host\nm2\nw1\n']] }
  assert.is((await rehearse(task({ madeBefore: '2020-01-01' }), withWorker)).outcome, 'ok')
  const etcd = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.replace('pki/ca.', 'pki/etcd/ca.'), text]),
  )
  const run = await rehearse(task({ authority: 'etcd' }), {
    ...withWorker,
    files: etcd,
    others: { m2: { files: etcd } },
  })
  assert.is(run.predicted, 'would change')
})

test('front-proxy: without curl, which proves it in the end, nothing is begun', async () => {
  const proxy = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.replace('pki/ca.', 'pki/front-proxy-ca.'), text]),
  )
  const run = await rehearse(task({ authority: 'front-proxy' }), {
    ...world(proxy, proxy),
    patterns: [[/^command -v curl/, { code: 127 }]],
  })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'curl is not on host')
  assert.match(hintOf(run.error), 'rotate_ca')
})

test('bad parameters', async () => {
  for (const bad of [{ madeBefore: 'yesterday' }, { masters: [] }])
    await rejects(async () => rehearse(task(bad), world(files)), 'params-invalid', 'authority-prepare')
})

test('a copy of the kubeconfig of the administrator is the client that proves it in the end', async () => {
  const run = await rehearse(task(), world(files))
  assert.is(run.files.get(`${rotating}/client.conf`)?.content, files[adminConf])
})
