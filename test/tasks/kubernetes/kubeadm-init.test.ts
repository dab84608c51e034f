import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { kubeadmInit } from '../../../tasks/kubernetes/kubeadm-init.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { data, finish, finishedFiles, healthz, readyz, unfinished } from './master-world.ts'

const test = suite('kubeadm-init')

const objects = 'configmap/kubeadm-config\nconfigmap/kubelet-config-1.20\ndaemonset.apps/kube-proxy\n'
const init = kubeadmInit({
  version: 'v1.20.2',
  address: '10.0.0.1',
  skipPhases: 'addon/coredns',
  ignorePreflightErrors: ['ImagePull'],
})
const plain =
  'kubeadm init --config /etc/coxswain/kubeadm.yaml --skip-phases=addon/coredns --ignore-preflight-errors=ImagePull --skip-token-print --experimental-patches=/etc/coxswain/patches'

interface Cluster {
  readonly system?: Reply
  readonly running?: string
  readonly inVain?: number
}

const world = (
  files: NonNullable<World['files']>,
  { system = objects, running = 'v1.20.2', inVain = 0 }: Cluster = {},
): World => ({
  files,
  patterns: [
    readyz(inVain),
    healthz,
    [/^kubeadm version -o short$/, 'v1.20.2'],
    [/get configmap kubeadm-config .*jsonpath/, `kubernetesVersion: ${running}\n`],
    [/-n kube-system get configmap\/kubeadm-config/, system],
    [/-n kube-public get configmap\/cluster-info/, 'configmap/cluster-info\n'],
    [
      /^kubeadm init --config/,
      (_, all) => {
        finish(all)
        return ''
      },
    ],
  ],
})

test('a new host is initialised, and marked as incomplete until init has succeeded', async () => {
  let known = false
  const run = await rehearse(init, {
    ...world({}),
    patterns: [
      [
        /^kubeadm init --config/,
        (_, files) => {
          known = files.has('/etc/coxswain/unfinished')
          finish(files)
          return ''
        },
      ],
      ...(world({}).patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [plain])
  assert.ok(known)
  assert.not.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('without kubeadm nothing is started', async () => {
  const missing: World = { patterns: [readyz(), [/^kubeadm version/, { code: 127, stderr: 'not found' }]] }
  const run = await rehearse(init, missing)
  assert.match(String(run.error), 'exit status 127')
  assert.equal([...run.files.keys()], [])
})

test('a complete control-plane node is ok', async () => {
  const run = await rehearse(init, world(finishedFiles))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('interrupted before there was data, init starts again, and authorities stay', async () => {
  const pki = '/etc/kubernetes/pki/ca.key'
  const files = { ...unfinished, '/etc/kubernetes/admin.conf': 'half', [pki]: 'brought by somebody' }
  let left = ''
  const before = world(files)
  const run = await rehearse(init, {
    ...before,
    patterns: [
      [
        /^kubeadm init --config/,
        (_, all) => {
          left = [...all.keys()].toSorted().join(' ')
          finish(all)
          return ''
        },
      ],
      ...(before.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    left,
    `/etc/coxswain /etc/coxswain/patches /etc/coxswain/patches/etcd.yaml /etc/coxswain/unfinished ${pki}`,
  )
})

test('interrupted with data, init continues without a reset', async () => {
  const run = await rehearse(init, world({ ...unfinished, ...data }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.apply.length, 1)
  const [command = ''] = run.commands.apply
  assert.match(command, '--ignore-preflight-errors=ImagePull,DirAvailable--var-lib-etcd,Port-6443')
  // the ports of scheduler and controller manager before 1.23
  assert.match(command, 'Port-10251,Port-10252')
})

test('a complete control-plane node is never initialised again: if it is down, the task waits', async () => {
  const run = await rehearse(init, world(finishedFiles, { inVain: 2 }))
  assert.is(run.predicted, 'unknown')
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
  const { '/etc/kubernetes/manifests/kube-scheduler.yaml': _, ...most } = finishedFiles
  const broken = await rehearse(init, world(most))
  assert.is(broken.outcome, 'failed')
  assert.match(String(broken.error), 'lacks /etc/kubernetes/manifests/kube-scheduler.yaml')
  assert.equal(broken.commands.apply, [])
})

test('a control-plane node whose API server is ready is never to be deleted, whatever it lacks', async () => {
  const { '/var/lib/etcd/member/wal': _wal, ...withoutData } = finishedFiles
  const elsewhere = {
    '/etc/kubernetes/manifests/etcd.yaml':
      'spec:\n  containers:\n  - command: [etcd, --data-dir=/data/etcd]\n    volumeMounts:\n    - {name: etcd-data, mountPath: /data/etcd}\n  volumes:\n  - name: etcd-data\n    hostPath: {path: /data/etcd}\n',
  }
  for (const [files, message] of [
    [
      withoutData,
      'the API server of host is ready, but host lacks /var/lib/etcd/member; nothing was changed',
    ],
    [
      { ...withoutData, ...elsewhere },
      'etcd on host has its data in /data/etcd, and only /var/lib/etcd is supported',
    ],
  ] as const) {
    const run = await rehearse(init, world(files))
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.not.match(hintOf(run.error), 'delete')
    assert.equal(run.commands.apply, [])
  }
})

test('a worker does not become a control-plane node', async () => {
  const run = await rehearse(init, world({ '/etc/kubernetes/kubelet.conf': 'x' }))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'has a part of a control plane')
})

test('a running control-plane node without an addon gets only that', async () => {
  let made = 'configmap/kubeadm-config\nconfigmap/kubelet-config-1.20\n'
  const before = world(finishedFiles, { system: () => made })
  const run = await rehearse(init, {
    ...before,
    patterns: [
      ...(before.patterns ?? []),
      [
        /^kubeadm init phase addon kube-proxy --config/,
        () => {
          made = objects
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['daemonset.apps/kube-proxy'],
  )
  assert.equal(run.commands.apply, [
    'kubeadm init phase addon kube-proxy --config /etc/coxswain/kubeadm.yaml',
  ])
})

test('killed before its last phases, an init runs all of them again', async () => {
  let made = 'configmap/kubeadm-config\nconfigmap/kubelet-config-1.20\n'
  const before = world({ ...finishedFiles, ...unfinished }, { system: () => made })
  const run = await rehearse(init, {
    ...before,
    patterns: [
      [
        /^kubeadm init --config/,
        () => {
          made = objects
          return ''
        },
      ],
      ...(before.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.commands.apply.length, 1)
  assert.not.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('killed at the very end: only the mark has to be removed', async () => {
  const run = await rehearse(init, world({ ...finishedFiles, ...unfinished }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('a kubectl that fails is an error, and not a reason to initialise', async () => {
  const run = await rehearse(init, world(finishedFiles, { system: { code: 1, stderr: 'Unauthorized' } }))
  assert.is(run.outcome, 'failed')
  assert.equal(run.commands.apply, [])
})

test('another version than that of the cluster is refused', async () => {
  const run = await rehearse(init, world(finishedFiles, { running: 'v1.19.16' }))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'the cluster runs v1.19.16, but kubernetes_version is v1.20.2')
})

for (const [title, addon, file] of [
  ['the task says so', 'kube-proxy', undefined],
  [
    'the configuration on the host says so',
    undefined,
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nproxy:\n  disabled: true\n',
  ],
  [
    'the configuration on the host skips its phase',
    undefined,
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nskipPhases:\n  - addon/kube-proxy\n',
  ],
] as const) {
  test(`an addon that is disabled is neither expected nor created: ${title}`, async () => {
    const task = kubeadmInit({
      version: 'v1.37.2',
      address: '10.0.0.1',
      ...(addon !== undefined && { disabledAddons: [addon] }),
    })
    const there = 'configmap/kubeadm-config\nconfigmap/kubelet-config\ndeployment.apps/coredns\n'
    const config = file === undefined ? {} : { '/etc/coxswain/kubeadm.yaml': file }
    const first = await rehearse(task, world(config, { system: there, running: 'v1.37.2' }))
    assert.is(first.outcome, 'changed', String(first.error))
    assert.equal(first.commands.apply, [
      'kubeadm init --config /etc/coxswain/kubeadm.yaml --skip-token-print',
    ])
    const files = { ...finishedFiles, ...config }
    const second = await rehearse(task, world(files, { system: there, running: 'v1.37.2' }))
    assert.is(second.outcome, 'ok', String(second.error))
    assert.equal(second.commands.apply, [])
    assert.not.match(second.commands.check.join('\n'), 'kube-proxy')
    assert.match(second.commands.check.join('\n'), 'coredns')
  })
}

test('an init that was interrupted before the administrator had rights goes on; later, their loss is an error', async () => {
  const refused: Reply = {
    code: 1,
    stderr:
      'Error from server (Forbidden): configmaps "kubeadm-config" is forbidden: User "kubernetes-admin" cannot get resource',
  }
  let again = false
  const asked = (): Reply => () => (again ? 'kubernetesVersion: v1.20.2\n' : refused)
  const worldOf = (files: NonNullable<World['files']>): World => ({
    files,
    patterns: [
      [/get configmap kubeadm-config .*jsonpath/, asked()],
      [
        /^kubeadm init --config/,
        (_, all) => {
          again = true
          finish(all)
          return ''
        },
      ],
      ...(world(files).patterns ?? []),
    ],
  })
  const run = await rehearse(init, worldOf({ ...finishedFiles, ...unfinished, ...data }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(run.commands.apply.join('\n'), /^kubeadm init --config/m)
  again = false
  const lost = await rehearse(init, worldOf(finishedFiles))
  assert.is(lost.outcome, 'failed')
  assert.is(again, false)
})
