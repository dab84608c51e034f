import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { authoritySign } from '../../../tasks/kubernetes/authority-sign.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import {
  adminConf,
  conf,
  files,
  former,
  next,
  pki,
  prepared,
  replaced,
  restarts,
  signed,
  trustIn,
  trusting,
} from './rotation-world.ts'

const test = suite('authority-sign')

const config = '/etc/coxswain/kubeadm.yaml'
const task = () =>
  authoritySign({
    authorities: ['cluster'],
    masters: ['host', 'm2'],
    version: 'v1.37.2',
    address: '10.0.0.1',
  })

const world = (given: NonNullable<World['files']>, m2: NonNullable<World['files']> = trusting): World => ({
  files: { [config]: 'kind: ClusterConfiguration', ...given },
  patterns: [
    [
      /^kubectl .*--server https:\/\/10\.0\.0\.1:6443 get nodes --certificate-authority \/etc\/kubernetes\/pki\/ca\.crt /,
      'host\nm2\n',
    ],
  ],
  replies: {
    [`kubeadm certs renew all --config ${config}`]: (_, all) => {
      // the key and the certificate that sign are the new ones by then, and what must be restarted is recorded
      assert.is(all.get(`${pki}/ca.key`)?.content, 'the new key')
      assert.is(all.get(`${pki}/ca.crt`)?.content, next.ca + former.ca)
      assert.ok(all.has(restarts) && all.has('/etc/coxswain/renewing'))
      for (const name of ['apiserver', 'apiserver-kubelet-client'])
        all.set(`${pki}/${name}.crt`, { content: next.leaf })
      // kubeadm takes the first certificate of the file alone
      all.set(adminConf, { content: conf(next.ca, next.leaf) })
      return ''
    },
  },
  others: { m2: { files: m2 } },
})

test('where no authority is replaced, or the new one has signed, nothing changes', async () => {
  for (const given of [files, signed, replaced])
    assert.is((await rehearse(task(), world(given))).outcome, 'ok')
})

test('the new authority signs, with its key, and everything that trusts it still trusts both', async () => {
  const run = await rehearse(task(), world(trusting))
  assert.is(run.outcome, 'changed', String(run.error))
  const text = (path: string): string => String(run.files.get(path)?.content)
  for (const path of [`${pki}/ca.crt`, `${pki}/ca.key`, `${pki}/ca-signing.crt`, `${pki}/apiserver.crt`])
    assert.is(text(path), signed[path], path)
  assert.is(trustIn(text(adminConf)), next.ca + former.ca)
  assert.is(run.files.get(`${pki}/ca.key`)?.mode, '0600')
  assert.is(text(restarts), 'kube-apiserver\nkube-controller-manager\n')
  assert.not.ok(run.files.has('/etc/coxswain/renewing'))
  // kubelet-certificate restarts it, with a certificate of the new authority
  assert.ok(run.files.has('/etc/coxswain/restart-kubelet'))
})

test('an interrupted run is continued, wherever it was', async () => {
  const stages: Record<string, string>[] = [
    { ...trusting, [`${pki}/ca.crt`]: next.ca + former.ca },
    { ...trusting, [`${pki}/ca.crt`]: next.ca + former.ca, [`${pki}/ca.key`]: 'the new key' },
    { ...signed, [`${pki}/apiserver.crt`]: former.leaf },
    { ...signed, [adminConf]: conf(next.ca, next.leaf) },
  ]
  for (const given of stages) {
    const run = await rehearse(task(), world(given))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(run.files.get(`${pki}/apiserver.crt`)?.content, next.leaf)
    assert.is(trustIn(String(run.files.get(adminConf)?.content)), next.ca + former.ca)
  }
})

for (const [title, m2, message] of [
  ['does not trust it', { ...files, ...prepared }, 'm2 does not trust the new authority'],
  ['has not begun', files, 'm2 does not trust the new authority'],
  ['was not restarted since', { ...trusting, [restarts]: 'etcd\n' }, 'static pods of m2 must be restarted'],
] as const)
  test(`refused while another master ${title}`, async () => {
    const run = await rehearse(task(), world(trusting, m2))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), 'run rotate-ca again')
    assert.equal(run.commands.apply, [])
  })

test('refused while there is a node that is not a master, also by a run that goes on', async () => {
  for (const given of [trusting, { ...trusting, [`${pki}/ca.crt`]: next.ca + former.ca }]) {
    const run = await rehearse(task(), {
      ...world(given),
      patterns: [[/^kubectl .* get nodes /, 'host\nm2\nw1\n']],
    })
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), 'w1 would be cut off')
    assert.equal(run.commands.apply, [])
  }
})

test('no key is in a command or in what is reported', async () => {
  const run = await rehearse(task(), world(trusting))
  assert.not.match(JSON.stringify([run.commands, run.changes]), 'the new key')
})
