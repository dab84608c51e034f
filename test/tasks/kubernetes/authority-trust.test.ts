import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { authorityTrust } from '../../../tasks/kubernetes/authority-trust.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import {
  adminConf,
  conf,
  files,
  former,
  kubeletClient,
  kubeletConf,
  managerManifest,
  next,
  other,
  pki,
  prepared,
  replaced,
  restarts,
  rotating,
  signed,
  trustIn,
  trusting,
} from './rotation-world.ts'

const test = suite('authority-trust')

const masters = [
  { name: 'host', address: '10.0.0.1' },
  { name: 'm2', address: '10.0.0.2' },
]
const task = (more: Partial<Parameters<typeof authorityTrust>[0]> = {}) =>
  authorityTrust({ authorities: ['cluster'], masters, ...more })

const world = (
  given: NonNullable<World['files']>,
  m2: NonNullable<World['files']> = given,
  nodes = 'host\nm2\n',
): World => ({
  files: given,
  patterns: [[/^kubectl .*--server https:\/\/10\.0\.0\.1:6443 get nodes /, nodes]],
  others: { m2: { files: m2 } },
})

test('where no authority is replaced, nothing changes', async () => {
  for (const only of [false, true]) assert.is((await rehearse(task({ only }), world(files))).outcome, 'ok')
})

test('both are trusted: by the node, its kubeconfigs and its kubelet, and the former one signs on', async () => {
  const run = await rehearse(task(), world({ ...files, ...prepared }))
  assert.is(run.outcome, 'changed', String(run.error))
  const both = former.ca + next.ca
  const text = (path: string): string => String(run.files.get(path)?.content)
  assert.is(text(`${pki}/ca.crt`), both)
  assert.is(text(`${pki}/ca.key`), 'the former key')
  assert.is(trustIn(text(adminConf)), both)
  assert.is(trustIn(text(kubeletConf)), both)
  assert.is(text(`${pki}/ca-signing.crt`), former.ca)
  assert.is(text(managerManifest), trusting[managerManifest])
  // those that use it, in the order of their restart; there is no scheduler here
  assert.is(text(restarts), 'kube-apiserver\nkube-controller-manager\n')
  // kubelet-certificate restarts it
  assert.ok(run.files.has('/etc/coxswain/restart-kubelet'))
  assert.equal(run.commands.apply, [])
})

test('a node that is further is not taken back', async () => {
  for (const given of [trusting, signed, replaced])
    assert.is((await rehearse(task(), world(given))).outcome, 'ok')
})

test('what kubeadm has let trust the new authority alone trusts both again, as long as others need the former one', async () => {
  const run = await rehearse(task(), world({ ...signed, [adminConf]: conf(next.ca, next.leaf) }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(trustIn(String(run.files.get(adminConf)?.content)), next.ca + former.ca)
  assert.equal(run.commands.apply, [])
})

test('other authorities that a kubeconfig trusts, such as that of a proxy, stay', async () => {
  const run = await rehearse(
    task(),
    world({ ...files, ...prepared, [adminConf]: conf(former.ca + other.ca, former.leaf) }),
  )
  assert.is(trustIn(String(run.files.get(adminConf)?.content)), former.ca + next.ca + other.ca)
})

test('a manifest that signs with files of its own is not edited', async () => {
  const own = '    - --cluster-signing-cert-file=/etc/own.crt\n'
  const run = await rehearse(task(), world({ ...files, ...prepared, [managerManifest]: own }))
  assert.is(run.files.get(managerManifest)?.content, own)
  assert.not.ok(run.files.has(`${pki}/ca-signing.crt`))
})

test('only the new one is trusted, where every node has certificates of it', async () => {
  const run = await rehearse(task({ only: true }), world(signed))
  assert.is(run.outcome, 'changed', String(run.error))
  const text = (path: string): string => String(run.files.get(path)?.content)
  assert.is(text(`${pki}/ca.crt`), next.ca)
  assert.is(trustIn(text(adminConf)), next.ca)
  assert.is(text(managerManifest), replaced[managerManifest])
  assert.not.ok(run.files.has(`${pki}/ca-signing.crt`))
  assert.is(text(restarts), 'kube-apiserver\nkube-controller-manager\n')
})

for (const [title, m2, nodes, message] of [
  [
    'a certificate of another master',
    { ...signed, [`${pki}/apiserver.crt`]: former.leaf },
    undefined,
    'm2: certificate in /etc/kubernetes/pki/apiserver.crt is not new',
  ],
  [
    'the kubelet of another master',
    { ...signed, [kubeletClient]: former.leaf },
    undefined,
    'm2: its kubelet has a certificate of the former authority',
  ],
  [
    'another master that was not restarted',
    { ...signed, [restarts]: 'kube-apiserver\n' },
    undefined,
    'm2: static pods must be restarted',
  ],
  ['a worker', signed, 'host\nm2\nw1\n', 'w1 would be cut off'],
] as const)
  test(`the former one is trusted as long as it is needed by ${title}`, async () => {
    const run = await rehearse(task({ only: true }), world(signed, m2, nodes))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), 'run ')
    assert.equal(run.commands.apply, [])
  })

test('a run that was killed between the certificate and its key: the key is put in place before anything is restarted', async () => {
  const given = { ...trusting, [`${pki}/ca.crt`]: next.ca + former.ca, [`${pki}/ca-signing.crt`]: next.ca }
  const run = await rehearse(task(), world(given))
  assert.equal([run.predicted, run.outcome], ['would change', 'changed'], String(run.error))
  assert.is(run.files.get(`${pki}/ca.key`)?.content, 'the new key')
  assert.is(run.files.get(`${pki}/ca.key`)?.mode, '0600')
  assert.match(String(run.files.get(restarts)?.content), 'kube-controller-manager')
  assert.not.match(JSON.stringify([run.commands, run.changes]), 'the new key')
})

test('where only the certificate is kept elsewhere, the key of the authority is right', async () => {
  const { [`${rotating}/new.key`]: _, ...kept } = replaced
  assert.is((await rehearse(task(), world(kept))).outcome, 'ok')
  assert.is((await rehearse(task({ only: true }), world(kept))).outcome, 'ok')
})

test('a master on which the replacement has ended does not need it', async () => {
  const ended = Object.fromEntries(Object.entries(replaced).filter(([path]) => !path.startsWith(rotating)))
  const run = await rehearse(task({ only: true }), world(signed, ended))
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a file with certificates of no stage is refused by name', async () => {
  const run = await rehearse(task(), world({ ...trusting, [`${pki}/ca.crt`]: other.ca }))
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), '/etc/kubernetes/pki/ca.crt on host has other certificates')
})
