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

for (const [title, given, message, hint] of [
  [
    'an expired one',
    world(15),
    /host: the certificate in \/etc\/kubernetes\/admin\.conf expired at \d{4}-\d\d-\d\dT[\d:]+Z, 5 days before the host's \d{4}-/,
    'run on host: kubeadm certs renew all',
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
