import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { kubeadmRenew } from '../../../tasks/kubernetes/kubeadm-renew.ts'
import { expired } from '../../support/certificates.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import {
  files as node,
  former,
  next,
  prepared,
  rotating,
  signed,
  trustIn,
  trusting,
} from './rotation-world.ts'

const test = suite('kubeadm-renew')

/** A certificate that is valid for a number of days from now on. */
const validFor = (days: number): string =>
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=x -days'.split(
        ' ',
      ),
      String(days),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
const [short, long] = [validFor(20), validFor(365)]

const pki = '/etc/kubernetes/pki'
const config = '/etc/coxswain/kubeadm.yaml'
const conf = (pem: string): string =>
  `users:\n- user:\n    client-certificate-data: ${Buffer.from(pem).toString('base64')}\n    client-key-data: eA==\n`
const admin = '/etc/kubernetes/admin.conf'

const files = (pem: string): Record<string, string> => ({
  [`${pki}/apiserver.crt`]: pem,
  [`${pki}/etcd/server.crt`]: pem,
  [admin]: conf(pem),
  [config]: 'kind: ClusterConfiguration',
  ...Object.fromEntries(
    ['ca', 'etcd/ca'].flatMap((name) => [
      [`${pki}/${name}.crt`, long],
      [`${pki}/${name}.key`, 'k'],
    ]),
  ),
  '/etc/kubernetes/manifests/etcd.yaml': 'x',
  '/etc/kubernetes/manifests/kube-apiserver.yaml': 'x',
})
const command = `kubeadm certs renew all --config ${config}`
const now = String(Math.floor(Date.now() / 1000))
const world = (given: NonNullable<World['files']>, made = long, run = command): World => ({
  files: given,
  replies: {
    'date +%s': now,
    [run]: (_, all) => {
      assert.ok(all.has('/etc/coxswain/renewing'))
      for (const [path, text] of Object.entries(files(made)))
        if (/apiserver.crt|server.crt|admin.conf/.test(path) && all.has(path))
          all.set(path, { content: text })
      return ''
    },
  },
})
const task = (more: Partial<Parameters<typeof kubeadmRenew>[0]> = {}) =>
  kubeadmRenew({ version: 'v1.37.2', ...more })

test('certificates that last long enough are kept', async () => {
  assert.is((await rehearse(task(), world(files(long)))).outcome, 'ok')
  assert.is((await rehearse(task({ days: 10 }), world(files(short)))).outcome, 'ok')
})

test('if one expires soon, kubeadm renews all, and the static pods are recorded for their restart', async () => {
  const run = await rehearse(task(), world({ ...files(long), [admin]: conf(short) }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what, to }) => [what, to]),
    [`${pki}/apiserver.crt`, `${pki}/etcd/server.crt`, admin].map((path) => [
      `certificate in ${path}`,
      'renewed',
    ]),
  )
  assert.match(String(run.changes[2]?.from), /^until \d{4}-\d\d-\d\d, (19|20) days$/)
  assert.equal(run.commands.apply, [command])
  assert.is(run.files.get('/etc/coxswain/restart-static-pods')?.content, 'etcd\nkube-apiserver\n')
  assert.not.ok(run.files.has('/etc/coxswain/renewing'))
})

test('without a configuration on the host, kubeadm asks the cluster; an older one has another command', async () => {
  const { [config]: _, ...others } = files(short)
  const plain = await rehearse(task(), world(others, long, 'kubeadm certs renew all'))
  assert.is(plain.outcome, 'changed', String(plain.error))
  const older = await rehearse(
    task({ version: 'v1.19.16' }),
    world(files(short), long, `kubeadm alpha certs renew all --config ${config}`),
  )
  assert.is(older.outcome, 'changed', String(older.error))
})

test('a renewal that was interrupted is done again, whatever the dates are', async () => {
  const run = await rehearse(task(), world({ ...files(long), '/etc/coxswain/renewing': 'x' }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.ok(run.files.has('/etc/coxswain/renewing'))
})

test('an expired certificate is said to be expired', async () => {
  const later = String(Number(now) + 21 * 86_400)
  const run = await rehearse(task(), {
    ...world(files(short)),
    replies: { ...world(files(short)).replies, 'date +%s': later },
  })
  assert.match(String(run.changes[0]?.from), /, expired$/)
})

const { [`${pki}/ca.key`]: _, ...external } = files(short)
for (const [title, given, params, message, hint] of [
  [
    'the key of an authority that is elsewhere',
    external,
    {},
    `${pki}/ca.key is not on host, so kubeadm cannot renew what it has signed`,
    'generate-csr',
  ],
  [
    'an authority that has expired',
    { ...files(short), [`${pki}/ca.crt`]: expired },
    {},
    'ca.crt expired at 2020-02-01',
    'Manual Rotation of CA Certificates',
  ],
  [
    'certificates that always expire sooner',
    { ...files(short), [config]: 'certificateValidityPeriod: 720h0m0s' },
    {},
    'certificates are made for 720 h',
    'fewer days',
  ],
  [
    'kubeadm without renewal',
    files(short),
    { version: 'v1.11.3' },
    'kubeadm v1.11.3 cannot renew certificates',
    'as the documentation of this version',
  ],
  [
    'kubeadm that does not renew kubeconfigs',
    files(short),
    { version: 'v1.14.0' },
    'kubeadm v1.14.0 cannot renew kubeconfigs',
    admin,
  ],
  [
    'a host without a control plane',
    {},
    {},
    'host does not have certificates of kubeadm',
    'not a control-plane',
  ],
  [
    'a file that is not a certificate',
    { ...files(long), [`${pki}/apiserver.crt`]: 'half' },
    {},
    'apiserver.crt does not have a certificate that can be read',
    'compare it',
  ],
] as const)
  test(`refused by name, and also by --check: ${title}`, async () => {
    const run = await rehearse(task(params), world(given))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
    assert.equal(run.commands.apply, [])
  })

test('with etcd elsewhere, its certificates and its authority are not looked at', async () => {
  const { [`${pki}/etcd/server.crt`]: __, [`${pki}/etcd/ca.key`]: ___, ...others } = files(short)
  const run = await rehearse(task(), world({ ...others, [`${pki}/apiserver-etcd-client.crt`]: short }, long))
  assert.is(run.outcome, 'changed', String(run.error))
})

test('bad parameters are refused', () => {
  assert.throws(() => task({ days: -1 }), 'days')
  assert.throws(() => task({ version: 'v1.99.0' }), 'not known')
})

/** What kubeadm makes of a kubeconfig: it trusts the first certificate of the authority alone. */
const trustsFirst: World['replies'] = {
  'date +%s': now,
  [command]: (_sent, all) => {
    const [first = ''] = String(all.get(`${pki}/ca.crt`)?.content ?? '').split(
      /(?<=-----END CERTIFICATE-----\n)/,
    )
    const text = String(all.get(admin)?.content ?? '')
    const data = Buffer.from(first).toString('base64')
    all.set(admin, { content: text.replace(/(?<=certificate-authority-data: )\S+/, data) })
    all.set(`${pki}/apiserver.crt`, { content: long })
    return ''
  },
}

for (const [title, there, trusted] of [
  ['nothing uses the new one yet', { ...node, ...prepared }, former.ca],
  ['both are trusted', trusting, former.ca + next.ca],
  ['the new one signs', signed, next.ca + former.ca],
] as const)
  test(`while an authority is being replaced, and ${title}, kubeconfigs trust what they did`, async () => {
    const given = { ...there, [`${pki}/apiserver.crt`]: short, [config]: 'x' }
    const run = await rehearse(task(), { files: given, replies: trustsFirst })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(trustIn(String(run.files.get(admin)?.content)), trusted)
    assert.not.ok(run.files.has('/etc/coxswain/renewing'))
  })

test('the key that a killed rotate-ca has not put in place is, before kubeadm signs with it', async () => {
  const given = {
    ...signed,
    [`${pki}/ca.key`]: 'the former key',
    [`${pki}/apiserver.crt`]: short,
    [config]: 'x',
  }
  const run = await rehearse(task(), { files: given, replies: trustsFirst })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get(`${pki}/ca.key`)?.content, 'the new key')
})

test('a replacement with other certificates than its own is refused before kubeadm renews', async () => {
  const given = {
    ...trusting,
    [`${rotating}/former.crt`]: 'x',
    [`${pki}/apiserver.crt`]: short,
    [config]: 'x',
  }
  const run = await rehearse(task(), { files: given, replies: trustsFirst })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'other certificates than the former and the new authority')
})
