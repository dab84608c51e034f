import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { credentialsValid } from '../../../tasks/kubernetes/credentials-valid.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('credentials-valid')
const folder = folderOf(test)

const openssl = (...words: readonly string[]): void => {
  execFileSync('openssl', words, { stdio: 'ignore' })
}
const key = 'ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'.split(' ')

/** An authority, and a certificate of it for 10 days. */
const issue = (name: string): { readonly ca: string; readonly leaf: string } => {
  const at = (end: string): string => folder.at(`${name}.${end}`)
  openssl(
    'req',
    '-x509',
    '-newkey',
    ...key,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
    '-subj',
    `/CN=${name}`,
    '-days',
    '3650',
  )
  openssl('req', '-newkey', ...key, '-keyout', at('key'), '-out', at('csr'), '-subj', '/CN=admin')
  openssl(
    'x509',
    '-req',
    '-in',
    at('csr'),
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-out',
    at('crt'),
    '-days',
    '10',
  )
  return { ca: readFileSync(at('ca.crt'), 'utf8'), leaf: readFileSync(at('crt'), 'utf8') }
}

const own = issue('kubernetes')
const other = issue('other')

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const conf = (client: string, ca = own.ca): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${base64(ca)}\nusers:\n- user:\n    client-certificate-data: ${base64(client)}\n    client-key-data: eA==\n`

const day = 86_400
const world = (daysFromNow: number, files: World['files'] = {}): World => ({
  files: {
    '/etc/kubernetes/admin.conf': conf(own.leaf),
    '/etc/kubernetes/pki/ca.crt': own.ca,
    '/etc/kubernetes/pki/apiserver.crt': own.leaf,
    '/var/lib/etcd/member/wal': { content: '', type: 'directory' },
    ...files,
  },
  replies: { 'date +%s': String(Math.floor(Date.now() / 1000) + daysFromNow * day) },
})

const task = credentialsValid({ version: 'v1.20.2' })

test('valid certificates are ok, and so is a host that is not complete', async () => {
  assert.is((await rehearse(task, world(0))).outcome, 'ok')
  assert.is((await rehearse(task, { files: {} })).outcome, 'ok')
  const { '/etc/kubernetes/admin.conf': admin = '' } = world(0).files ?? {}
  assert.is((await rehearse(task, { files: { '/etc/kubernetes/admin.conf': admin } })).outcome, 'ok')
})

test('after a rotation by hand, ca.crt has several authorities: a certificate is that of any of them', async () => {
  for (const bundle of [other.ca + own.ca, own.ca + other.ca])
    for (const kubeconfig of [conf(own.leaf), conf(own.leaf, bundle), conf(other.leaf, other.ca)])
      assert.is(
        (
          await rehearse(
            task,
            world(0, {
              '/etc/kubernetes/pki/ca.crt': bundle,
              '/etc/kubernetes/admin.conf': kubeconfig,
            }),
          )
        ).outcome,
        'ok',
      )
  const third = issue('third')
  const run = await rehearse(task, world(0, { '/etc/kubernetes/pki/ca.crt': other.ca + third.ca }))
  assert.match(
    String(run.error),
    /is signed by another authority than \/etc\/kubernetes\/pki\/ca\.crt \(CN=other, valid from \S+; CN=third, valid from/,
  )
})

test('an authority that has expired beside one that is valid is not in the way', async () => {
  // the leaves are valid for 10 days, and the authority for 10 years
  const run = await rehearse(task, world(5, { '/etc/kubernetes/pki/ca.crt': own.leaf + own.ca }))
  assert.is(run.outcome, 'ok', String(run.error))
  const files = { '/etc/kubernetes/pki/ca.crt': own.leaf + own.ca, '/etc/kubernetes/admin.conf': '' }
  const later = await rehearse(task, { ...world(15, { ...files, '/etc/kubernetes/pki/apiserver.crt': '' }) })
  assert.is(later.outcome, 'ok', String(later.error))
})

const pki = '/etc/kubernetes/pki'
const kubelet = '/var/lib/kubelet/pki/kubelet-client-current.pem'
/** Other certificates, of the authority of this world. */
const more: NonNullable<World['files']> = {
  [`${pki}/etcd/ca.crt`]: own.ca,
  [`${pki}/front-proxy-ca.crt`]: own.ca,
  ...Object.fromEntries(
    [
      'apiserver-kubelet-client',
      'apiserver-etcd-client',
      'etcd/server',
      'etcd/peer',
      'etcd/healthcheck-client',
      'front-proxy-client',
    ].map((name) => [`${pki}/${name}.crt`, own.leaf]),
  ),
  ...Object.fromEntries(
    ['controller-manager', 'scheduler', 'super-admin'].map((name) => [
      `/etc/kubernetes/${name}.conf`,
      conf(own.leaf),
    ]),
  ),
  [kubelet]: `${own.leaf}-----BEGIN EC PRIVATE KEY-----`,
}
const certificateOf = (text: string): NonNullable<World['patterns']> => [
  [/^sed -n .*kubelet-client-current/, text],
]

test('all certificates of a control plane are looked at, and those of its authority are ok', async () => {
  const run = await rehearse(task, { ...world(0, more), patterns: certificateOf(own.leaf) })
  assert.is(run.outcome, 'ok', String(run.error))
})

for (const path of Object.keys(more).filter((one) => !/(ca\.crt|\.pem)$/.test(one)))
  test(`a certificate of another authority is named: ${path}`, async () => {
    const text = path.endsWith('.conf') ? conf(other.leaf) : other.leaf
    const run = await rehearse(task, {
      ...world(0, { ...more, [path]: text }),
      patterns: certificateOf(own.leaf),
    })
    assert.match(String(run.error), `the certificate in ${path} is signed by another authority`)
  })

test('the certificate of the kubelet has expired: revive, and its key is not read', async () => {
  const valid = { ...world(0, more), replies: {} }
  // an authority is valid for 10 years, and a leaf for 10 days
  const late = Object.fromEntries(
    Object.entries({ ...valid.files, ...more }).map(([path, text]) => [
      path,
      path === kubelet || path.startsWith('/var/lib/etcd')
        ? text
        : path.endsWith('.conf')
          ? conf(own.ca)
          : own.ca,
    ]),
  )
  const run = await rehearse(task, { ...world(15), files: late, patterns: certificateOf(own.leaf) })
  assert.match(String(run.error), `the certificate in ${kubelet} expired at`)
  assert.match(JSON.stringify(run.error), 'run playbooks/revive.ts')
})

for (const [title, given, message, hint] of [
  [
    'an expired one',
    world(15),
    /host: the certificate in \/etc\/kubernetes\/admin\.conf expired at \d{4}-\d\d-\d\dT[\d:]+Z, 5 days before the host's \d{4}-/,
    'run playbooks/renew-certs.ts; by hand, run on host: kubeadm certs renew all',
  ],
  [
    'a clock in the past',
    world(-3),
    /the certificate in \/etc\/kubernetes\/pki\/ca\.crt is valid from \d{4}-\S+Z on, and the clock of the host says \d{4}-/,
    'set the clock of host',
  ],
  [
    'a kubeconfig that trusts another authority',
    world(0, { '/etc/kubernetes/admin.conf': conf(own.leaf, other.ca) }),
    /admin\.conf \(its authority\) is signed by another authority than \/etc\/kubernetes\/pki\/ca\.crt \(CN=kubernetes, valid from/,
    'compare it with another control-plane node',
  ],
  [
    'a user of another authority',
    world(0, { '/etc/kubernetes/admin.conf': conf(other.leaf) }),
    /the certificate in \/etc\/kubernetes\/admin\.conf is signed by another authority/,
    'compare it with another control-plane node',
  ],
  [
    'an API server of another authority',
    world(0, { '/etc/kubernetes/pki/apiserver.crt': other.leaf }),
    /the certificate in \/etc\/kubernetes\/pki\/apiserver\.crt is signed by another authority/,
    'compare it with another control-plane node',
  ],
] as const) {
  test(`reported with dates: ${title}`, async () => {
    const run = await rehearse(task, given)
    assert.match(String(run.error), message)
    assert.match(JSON.stringify(run.error), hint)
    assert.not.match(JSON.stringify(run.error), 'client-key-data')
  })
}
