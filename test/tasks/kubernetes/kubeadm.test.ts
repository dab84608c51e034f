import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, ScriptedFile, World } from '../../../engine/testing.ts'
import { sharedFiles } from '../../../tasks/kubernetes/certificates.ts'
import { kubeadmInit } from '../../../tasks/kubernetes/kubeadm-init.ts'
import { kubeadmJoin } from '../../../tasks/kubernetes/kubeadm-join.ts'
import { suite } from '../../support/spec.ts'

const test = suite('kubeadm init and join')

const finished = [
  '/etc/kubernetes/admin.conf',
  '/etc/kubernetes/kubelet.conf',
  '/var/lib/kubelet/config.yaml',
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
    (name) => `/etc/kubernetes/manifests/${name}.yaml`,
  ),
]
const finish = (files: Map<string, ScriptedFile>): void => {
  for (const path of finished) files.set(path, { content: 'x' })
  files.set('/var/lib/etcd/member', { content: '', type: 'directory' })
}
const finishedFiles = {
  ...Object.fromEntries(finished.map((path) => [path, 'x'])),
  '/var/lib/etcd/member': { content: '', type: 'directory' as const },
}

const isReady = (files: ReadonlyMap<string, ScriptedFile>): boolean =>
  finished.every((path) => files.has(path))
const readyz: readonly [RegExp, Reply] = [
  /^curl .*readyz/,
  (_, files) => (isReady(files) ? 'ok' : { code: 7 }),
]

const objects = 'ConfigMap/kubeadm-config\nConfigMap/kubelet-config-1.20\nDaemonSet/kube-proxy\n'
const init = kubeadmInit({
  version: 'v1.20.2',
  address: '10.0.0.1',
  skipPhases: 'addon/coredns',
  ignorePreflightErrors: ['ImagePull'],
})
const plain =
  'kubeadm init --config /etc/coxswain/kubeadm.yaml --skip-phases=addon/coredns --ignore-preflight-errors=ImagePull --skip-token-print'

const initWorld = (files: NonNullable<World['files']>, more: World['patterns'] = []): World => ({
  files,
  patterns: [
    readyz,
    [/get configmap\/kubeadm-config/, objects],
    [
      /^kubeadm init /,
      (_, all) => {
        finish(all)
        return ''
      },
    ],
    ...more,
  ],
})

test('init: a new host is initialised', async () => {
  const run = await rehearse(init, initWorld({}))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [plain])
})

test('init: a finished master is left alone', async () => {
  const run = await rehearse(init, initWorld(finishedFiles))
  assert.is(run.outcome, 'ok')
})

test('init: interrupted before there was data, it begins anew', async () => {
  const run = await rehearse(
    init,
    initWorld(
      { '/etc/kubernetes/admin.conf': 'x', '/etc/coxswain/kubeadm.yaml': 'criSocket: /run/c.sock\n' },
      [
        [
          /^kubeadm reset/,
          (_, all) => {
            all.delete('/etc/kubernetes/admin.conf')
            return ''
          },
        ],
      ],
    ),
  )
  assert.equal(run.commands.apply, ['kubeadm reset -f --cri-socket=/run/c.sock', plain])
})

test('init: interrupted with data, it goes on over what is there, and resets nothing', async () => {
  const run = await rehearse(
    init,
    initWorld({ '/var/lib/etcd/member/wal': 'x' }, [[/etcdctl .* member list/, { code: 1 }]]),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.apply.length, 1)
  assert.match(
    run.commands.apply[0] ?? '',
    '--ignore-preflight-errors=ImagePull,DirAvailable--var-lib-etcd,Port-6443',
  )
})

test('init: finished but for the last objects, it goes on', async () => {
  let made = 'ConfigMap/kubeadm-config\n'
  const run = await rehearse(init, {
    files: finishedFiles,
    patterns: [
      readyz,
      [/get configmap\/kubeadm-config/, () => made],
      [
        /^kubeadm init /,
        () => {
          made = objects
          return ''
        },
      ],
    ],
  })
  assert.equal(
    run.changes.map(({ what }) => what),
    ['configmap/kubelet-config-1.20', 'daemonset/kube-proxy'],
  )
})

test('init: a master whose etcd knows others is not initialised again for want of a quorum', async () => {
  const members =
    '{"members":[{"ID":1,"name":"m1","peerURLs":["https://10.0.0.1:2380"]},{"ID":2,"peerURLs":["https://10.0.0.2:2380"]}]}'
  const run = await rehearse(init, {
    files: { '/var/lib/etcd/member/wal': 'x' },
    patterns: [readyz, [/etcdctl .* member list/, members]],
  })
  assert.is(run.outcome, 'ok')
})

/** A real certificate: joiners pin its key. */
const authority = `-----BEGIN CERTIFICATE-----
MIIBSjCB/aADAgECAhR1mCJmxbBdfVKHYTDPAsbYz3ys8jAFBgMrZXAwFTETMBEG
A1UEAwwKa3ViZXJuZXRlczAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBa
-----END CERTIFICATE-----
`

const token = 'abcdef.0123456789abcdef'
const leader = (
  ca: string,
  members = '{"members":[{"ID":1,"name":"m1","peerURLs":["https://10.0.0.1:2380"]}]}',
): World => ({
  files: Object.fromEntries(
    sharedFiles.map((path) => [path, path.endsWith('/pki/ca.crt') ? ca : `shared ${path}`]),
  ),
  patterns: [
    [/token create/, `${token}\n`],
    [/etcdctl .* member list/, members],
    [/endpoint health/, 'https://10.0.0.1:2379 is healthy'],
    [/get node m2 --ignore-not-found/, ''],
  ],
})

const join = kubeadmJoin({
  via: 'm1',
  name: 'm2',
  address: '10.0.0.2',
  endpoint: '10.0.0.10:6443',
  version: 'v1.20.2',
  criSocket: '/run/c.sock',
})
const marked =
  '{"node-role.kubernetes.io/control-plane":"","node-role.kubernetes.io/master":""}\nnode-role.kubernetes.io/master'

test('join: a host that is no master is joined with a pinned authority, the token only in a file for root', async () => {
  const { execFileSync } = await import('node:child_process')
  const ca = execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=kubernetes',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let config = ''
  const run = await rehearse(join, {
    files: { '/etc/kubernetes/pki/ca.crt': ca },
    patterns: [
      readyz,
      [/get node m2 -o/, marked],
      [/get node m2$/, 'm2 NotReady'],
      [
        /^kubeadm join --config \/dev\/stdin/,
        ({ stdin }, files) => {
          config = stdin
          finish(files)
          return ''
        },
      ],
    ],
    others: { m1: leader(ca) },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(config, /token: abcdef\.0123456789abcdef/)
  assert.match(config, /caCertHashes:\n\s+- sha256:[0-9a-f]{64}/)
  assert.match(config, 'advertiseAddress: 10.0.0.2')
  // in no file, in no argument
  assert.not.ok([...run.files.values()].some(({ content }) => String(content).includes(token)))
  assert.not.match(run.commands.apply.join('\n'), token)
})

test('join: a finished master is left alone', async () => {
  const run = await rehearse(join, {
    files: finishedFiles,
    patterns: [readyz, [/get node m2 -o/, marked]],
    others: { m1: leader(authority) },
  })
  assert.is(run.outcome, 'ok')
})

test('join: before 1.14 kubeadm cannot, and the other strategy is named', async () => {
  const old = kubeadmJoin({
    via: 'm1',
    name: 'm2',
    address: '10.0.0.2',
    endpoint: 'lb:6443',
    version: 'v1.11.3',
  })
  const run = await rehearse(old, { patterns: [readyz], others: { m1: leader(authority) } })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'cannot join masters by itself')
})

test('join: a name that another machine has is not taken from it', async () => {
  const other: World = {
    ...leader(authority),
    patterns: [[/get node m2 --ignore-not-found/, '10.0.0.99'], ...(leader(authority).patterns ?? [])],
  }
  const run = await rehearse(join, { patterns: [readyz], others: { m1: other } })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'the cluster knows another machine as m2, at 10.0.0.99')
})
