/** What a master was made with, and the configuration sets otherwise: taints, the container runtime, names of etcd. */
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { reconfigurePlan } from '../../../tasks/kubernetes/reconfigure-plan.ts'
import { sameMaster } from '../../../tasks/kubernetes/same-master.ts'
import { suite } from '../../support/spec.ts'
import { cluster, given, masterWorld } from './reconfigure-world.ts'

const test = suite('same-master, what a master was made with')

const outputOf = (run: Awaited<ReturnType<typeof rehearse>>): string => JSON.stringify(run.error)

/** A certificate with names. */
const certificateWith = (names: string): string =>
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=x -days 3'.split(
        ' ',
      ),
      '-addext',
      `subjectAltName=${names}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )

const node = /^kubectl .* get node m1 --ignore-not-found -o json$/
const tainted = (...keys: string[]) =>
  JSON.stringify({ spec: { taints: keys.map((key) => ({ key, effect: 'NoSchedule' })) } })
const usualTaint = 'node-role.kubernetes.io/control-plane'
const written = (taints: string) => ({
  '/etc/coxswain/kubeadm.yaml': `apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\nnodeRegistration:\n  name: m1\n${taints}`,
})
const withTaints = (taints?: readonly { key: string; effect: 'NoSchedule' }[]) =>
  sameMaster({ ...given, cluster: { ...cluster, ...(taints !== undefined && { taints: [...taints] }) } })

for (const [title, task, files, living, message] of [
  [
    'none wanted now',
    withTaints([]),
    written(''),
    tainted(usualTaint),
    `kubectl taint node m1 ${usualTaint}:NoSchedule-`,
  ],
  ['none wanted, of an adopted node', withTaints([]), {}, tainted(usualTaint), `${usualTaint}:NoSchedule-`],
  [
    'another one wanted',
    withTaints([{ key: 'masters', effect: 'NoSchedule' }]),
    written('  taints: []\n'),
    tainted(),
    'run kubectl taint node m1 masters:NoSchedule',
  ],
  [
    'one no longer wanted',
    withTaints(),
    written('  taints:\n  - key: masters\n    effect: NoSchedule\n'),
    tainted('masters'),
    'masters:NoSchedule-',
  ],
] as const) {
  test(`taints that were set and are to be others are refused: ${title}`, async () => {
    const run = await rehearse(task, masterWorld({ files, patterns: [[node, living]] }).world)
    assert.match(String(run.error), 'host was made with other settings than the configuration')
    assert.match(outputOf(run), message)
    const plan = await rehearse(
      reconfigurePlan({ ...given, cluster: { ...cluster, taints: [{ key: 'x', effect: 'NoSchedule' }] } }),
      masterWorld({ files, patterns: [[node, living]] }).world,
    )
    assert.match(String(plan.error), 'no playbook changes them')
  })
}

test('taints as they were set, removed by someone, or set by hand meanwhile, are ok', async () => {
  for (const [task, files, living] of [
    [withTaints(), written(''), undefined],
    [withTaints(), {}, undefined],
    [withTaints([]), written('  taints: []\n'), undefined],
    [withTaints([]), written(''), tainted('node.kubernetes.io/not-ready')],
    [withTaints([{ key: 'masters', effect: 'NoSchedule' }]), written(''), tainted('masters')],
    [withTaints([]), written(''), ''],
  ] as const) {
    const patterns = living === undefined ? [] : [[node, living] as const]
    const run = await rehearse(task, masterWorld({ files, patterns }).world)
    assert.is(run.outcome, 'ok', `${String(run.error)} ${outputOf(run)}`)
  }
  const silent = masterWorld({ files: written(''), patterns: [[node, { code: 1, stderr: 'refused' }]] })
  const run = await rehearse(withTaints([]), silent.world)
  assert.match(
    String(run.error),
    'taints of m1 have changed in the inventory, and its API server does not say',
  )
})

test('another socket of the container runtime than that of the node is refused', async () => {
  const flags = (socket: string) => ({
    '/var/lib/kubelet/kubeadm-flags.env': `KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 --container-runtime-endpoint=${socket}"\n`,
  })
  const instance = {
    '/var/lib/kubelet/instance-config.yaml': 'containerRuntimeEndpoint: "unix:///run/a.sock"\n',
  }
  const task = sameMaster({ ...given, cluster: { ...cluster, criSocket: 'unix:///run/a.sock' } })
  for (const [files, outcome] of [
    [flags('/var/run/a.sock'), 'ok'],
    [flags('unix:///run/b.sock'), 'failed'],
    [instance, 'ok'],
    [
      { '/var/lib/kubelet/instance-config.yaml': 'containerRuntimeEndpoint: "unix:///run/b.sock"\n' },
      'failed',
    ],
    [written('  criSocket: /run/b.sock\n'), 'failed'],
    [{}, 'ok'],
  ] as const) {
    const run = await rehearse(task, masterWorld({ files }).world)
    assert.is(run.outcome, outcome, `${JSON.stringify(files)} ${String(run.error)} ${outputOf(run)}`)
    if (outcome === 'failed') assert.match(outputOf(run), 'cri_socket of m1: ')
  }
})

test('names for the certificates of etcd that they do not have are refused', async () => {
  const named = (names: readonly string[]) =>
    sameMaster({
      ...given,
      cluster: {
        ...cluster,
        merge: [{ kind: 'ClusterConfiguration', etcd: { local: { peerCertSANs: [...names] } } }],
      },
    })
  const files = {
    '/etc/kubernetes/pki/etcd/peer.crt': certificateWith('DNS:m1,DNS:etcd.example.org,IP:10.0.0.1'),
  }
  const world = masterWorld({ files }).world
  assert.is((await rehearse(named(['etcd.example.org', '10.0.0.1']), world)).outcome, 'ok')
  const run = await rehearse(named(['other.example.org']), world)
  assert.match(
    outputOf(run),
    'name other.example.org in /etc/kubernetes/pki/etcd/peer.crt: not set → present',
  )
  assert.match(outputOf(run), 'kubeadm init phase certs etcd-peer')
})
