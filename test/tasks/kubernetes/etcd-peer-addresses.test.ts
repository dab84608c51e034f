/** The addresses that the certificate of an etcd member names, while masters change theirs. */
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { ScriptedFile, World } from '../../../engine/testing.ts'
import { etcdPeerAddresses } from '../../../tasks/kubernetes/etcd-peer-addresses.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { filesOf, record } from './rejoin-world.ts'

const test = suite('etcd-peer-addresses')

const crt = '/etc/kubernetes/pki/etcd/peer.crt'
const added = '/etc/coxswain/etcd-peer-addresses'

/** A certificate with these addresses. */
const certificate = (...addresses: readonly string[]): string =>
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=m1 -days 3'.split(
        ' ',
      ),
      '-addext',
      `subjectAltName=DNS:m1,${addresses.map((one) => `IP:${one}`).join(',')}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )

interface Options {
  /** The addresses of the host, each with its interface. */
  readonly own?: readonly string[]
  /** Those in the certificate. */
  readonly named?: readonly string[]
  readonly files?: Readonly<Record<string, string | ScriptedFile>>
  readonly made?: { readonly code: number; readonly stderr: string }
}

/** A master, m1 at 10.0.0.1, whose name in the inventory is `host`. */
const world = ({
  own = ['10.0.0.1 eth0', '10.0.0.21 eth0', '10.0.0.100 eth0', '10.244.0.1 cni0', 'fd00::1 eth0'],
  named = ['10.0.0.1'],
  files = {},
  made,
}: Options = {}): World => ({
  files: {
    ...filesOf({ name: 'm1', address: '10.0.0.1' }),
    '/etc/kubernetes/pki/etcd/ca.key': 'x',
    [crt]: certificate(...named),
    ...files,
  },
  patterns: [
    [sentPattern('tasks/network/addresses/own-addresses.sh'), `${own.join('\n')}\n`],
    [
      sentPattern('tasks/kubernetes/new-certificate.sh'),
      (_, all) => {
        if (made !== undefined) return made
        const text = String(all.get('/etc/coxswain/kubeadm-peer.yaml')?.content)
        const [, list = ''] = /peerCertSANs:\n((?: +- .*\n)+)/.exec(text) ?? []
        const names = [...list.matchAll(/- (\S+)/g)].map(([, one = '']) => one)
        all.set(crt, { content: certificate(...names.filter((one) => one !== 'm1')) })
        return ''
      },
    ],
  ],
})

const task = (address: string) =>
  etcdPeerAddresses({
    configuration: {
      cluster: { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: '10.0.0.10:6443' },
      self: { name: 'host', address },
      members: [{ name: 'host', address }],
      virtualIp: '10.0.0.100',
    },
    masters: [{ name: 'host', address }],
  })

test('while an address changes, all addresses of the host are named, not those of pods, of the other family, or that move between hosts', async () => {
  const run = await rehearse(task('10.0.0.21'), world())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: `address 10.0.0.21 in ${crt}`, from: undefined, to: 'present' }])
  assert.is(String(run.files.get(added)?.content), '10.0.0.21\n')
  assert.not.ok(run.files.has('/etc/coxswain/kubeadm-peer.yaml'))
})

test('while no address changes, nothing is added', async () => {
  const run = await rehearse(task('10.0.0.1'), world())
  assert.is(run.outcome, 'ok', String(run.error))
})

test('what was added goes when the host does not have it any more, and not before; what others have added stays', async () => {
  const moved = {
    ...filesOf({ name: 'm1', address: '10.0.0.21' }),
    [added]: '10.0.0.1\n',
  }
  const named = ['10.0.0.21', '10.0.0.1', '192.0.2.7']
  const both = await rehearse(task('10.0.0.21'), world({ files: moved, named }))
  assert.is(both.outcome, 'ok', String(both.error))
  const run = await rehearse(task('10.0.0.21'), world({ files: moved, named, own: ['10.0.0.21 eth0'] }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: `address 10.0.0.1 in ${crt}`, from: 'present', to: undefined }])
  assert.not.ok(run.files.has(added))
})

test('a host that an interrupted run has left is left alone: it gets the certificate when it joins', async () => {
  const text = JSON.stringify({
    from: { name: 'm1', address: '10.0.0.1', peer: '10.0.0.1' },
    to: { name: 'host', address: '10.0.0.21' },
    stage: 'joining',
    kept: { labels: {}, annotations: {}, taints: [], cordoned: false },
  })
  const run = await rehearse(task('10.0.0.21'), world({ files: { [record]: text } }))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('refused before anything is changed: an authority that is kept elsewhere', async () => {
  const { '/etc/kubernetes/pki/etcd/ca.key': _, ...files } = world().files ?? {}
  const run = await rehearse(task('10.0.0.21'), { ...world(), files })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(hintOf(run.error), 'let it sign /etc/kubernetes/pki/etcd/peer.crt with 10.0.0.21')
})

test('a certificate that kubeadm cannot make ends the run, and what is recorded is known to the next one', async () => {
  const run = await rehearse(task('10.0.0.21'), world({ made: { code: 1, stderr: 'no key' } }))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'kubeadm cannot make the certificate of the etcd member of host')
  assert.not.ok(run.files.has('/etc/coxswain/kubeadm-peer.yaml'))
})
