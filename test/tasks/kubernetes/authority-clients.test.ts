import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { authorityClients } from '../../../tasks/kubernetes/authority-clients.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { files, former, next, replaced, rotating, signed } from './rotation-world.ts'

const test = suite('authority-clients')

type Wanted = Parameters<typeof authorityClients>[0]
const task = (former_: Wanted['former'], authorities: Wanted['authorities'] = ['cluster']) =>
  authorityClients({ authorities, former: former_, address: '10.0.0.1' })

const works = { stdout: 'namespace/kube-system\n' }
const refused = { code: 1, stderr: 'error: You must be logged in to the server (Unauthorized)\n' }
const server = '--server https://10.0.0.1:6443 get namespace kube-system -o name'
const asFormer = `kubectl --kubeconfig ${rotating}/client.conf --certificate-authority /etc/kubernetes/pki/ca.crt --request-timeout=15s ${server}`
const asAdmin = `kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s ${server}`

const world = (given: NonNullable<World['files']>, theirs: object, ours: object = works): World => ({
  files: given,
  replies: { [asFormer]: theirs, [asAdmin]: ours },
})

test('where no authority is replaced, nothing is asked', async () => {
  const run = await rehearse(task('accepted'), { files })
  assert.is(run.outcome, 'ok')
  assert.equal(run.commands.check, [])
})

test('both work while both are trusted, and the former one is refused in the end', async () => {
  assert.is((await rehearse(task('accepted'), world(signed, works))).outcome, 'ok')
  const run = await rehearse(task('refused'), world(replaced, refused))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('a master that an earlier run has taken further is not asked to accept it', async () => {
  assert.is((await rehearse(task('accepted'), { files: replaced })).outcome, 'ok')
})

test('a former client that is accepted in the end is an error at once', async () => {
  const run = await rehearse(task('refused'), world(replaced, works))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'host accepts clients of the former authority cluster')
})

const etcd = '/etc/coxswain/rotate-ca/etcd'
const etcdFiles = (text: string): Record<string, string> => ({
  '/etc/kubernetes/pki/etcd/ca.crt': text,
  [`${etcd}/new.crt`]: next.ca,
  [`${etcd}/former.crt`]: former.ca,
})
/** What etcd answers to the client that was kept, and to the present one. */
const etcdWorld = (text: string, theirs: string): World => ({
  files: etcdFiles(text),
  patterns: [
    [
      sentPattern('tasks/kubernetes/etcd/ask-members.sh'),
      ({ script }) =>
        `https://127.0.0.1:2379\t${script.includes(`crt ${etcd}/client /etc/kubernetes/manifests/etcd.yaml`) ? theirs : '200\t{}'}\n`,
    ],
  ],
})

test('etcd: accepted while both are trusted, refused by an alert in the end', async () => {
  const accepted = await rehearse(task('accepted', ['etcd']), etcdWorld(next.ca + former.ca, '200\t{}'))
  assert.is(accepted.outcome, 'ok', String(accepted.error))
  const alert = 'unasked\tcurl: (56) OpenSSL SSL_read: tlsv1 alert unknown ca'
  const run = await rehearse(task('refused', ['etcd']), etcdWorld(next.ca, alert))
  assert.is(run.outcome, 'ok', String(run.error))
})

const proxy = '/etc/coxswain/rotate-ca/front-proxy'
const proxyWorld = (text: string, status: string): World => ({
  files: {
    '/etc/kubernetes/pki/front-proxy-ca.crt': text,
    [`${proxy}/new.crt`]: next.ca,
    [`${proxy}/former.crt`]: former.ca,
  },
  patterns: [
    [/^curl .*--cert \/etc\/kubernetes\/pki\/front-proxy-client\.crt .*X-Remote-User: coxswain/, '403'],
    [/^curl .*X-Remote-User: coxswain/, status],
  ],
})

test('front-proxy: both proxies are tried, the former one and that in use: the API server asks for the rights of a user only of one that it trusts', async () => {
  const accepted = await rehearse(task('accepted', ['front-proxy']), proxyWorld(next.ca + former.ca, '403'))
  assert.is(accepted.outcome, 'ok', String(accepted.error))
  const run = await rehearse(task('refused', ['front-proxy']), proxyWorld(next.ca, '401'))
  assert.is(run.outcome, 'ok', String(run.error))
})
