import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { workerFits } from '../../../tasks/kubernetes/worker-fits.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { joinedFiles, kubeconfig, selfSigned, workerWorld } from './worker-world.ts'

const test = suite('worker-fits')

const given = { via: 'm1', name: 'w1', version: 'v1.37.2' }

test('a new host with programs of the version, or with older kubelets that the API servers accept, fits', async () => {
  for (const kubelet of ['v1.37.2', 'v1.37.9', 'v1.34.0']) {
    const { world } = workerWorld({ kubelet })
    const run = await rehearse(workerFits(given), world)
    assert.is(run.outcome, 'ok', String(run.error))
    assert.equal(run.commands.apply, [])
  }
})

test('a kubelet must not be newer than any API server, nor too old, and kubeadm must be of the minor of the cluster', async () => {
  const servers = 'kube-apiserver:v1.36.3 registry:5000/kube-apiserver:v1.37.2'
  for (const [fakes, message] of [
    [{ kubelet: 'v1.38.0' }, 'w1 cannot join|its kubelet v1.38.0 is newer than the API server v1.37.2'],
    [{ servers }, 'its kubelet v1.37.2 is newer than the API server v1.36.3'],
    [
      { kubelet: 'v1.33.9' },
      'its kubelet v1.33.9 is too old for the API server v1.37.2, which accepts 3 minor releases',
    ],
    [{ kubeadm: 'v1.36.3' }, 'its kubeadm v1.36.3 is of another minor release than the cluster, v1.37.2'],
    [{ servers: 'kube-apiserver@sha256:0', kubelet: 'v1.38.0' }, 'is newer than the API server v1.37.2'],
  ] as const) {
    const run = await rehearse(workerFits(given), workerWorld(fakes).world)
    assert.is(run.predicted, 'failed', message)
    assert.match(String(run.error), new RegExp(message))
    assert.match(hintOf(run.error), 'install kubeadm and kubelet v1.37.2')
  }
})

test('up to 1.27, API servers accept kubelets of two minor releases before', async () => {
  const servers = 'kube-apiserver:v1.27.9'
  const task = workerFits({ ...given, version: 'v1.27.9' })
  const at = (kubelet: string) => rehearse(task, workerWorld({ servers, kubelet, kubeadm: 'v1.27.9' }).world)
  assert.is((await at('v1.25.0')).outcome, 'ok')
  assert.match(String((await at('v1.24.0')).error), 'accepts 2 minor releases')
})

test('programs that are installed before the join count, not those that are there', async () => {
  const { world } = workerWorld({ kubelet: 'v1.20.0', kubeadm: 'v1.20.0' })
  assert.is((await rehearse(workerFits({ ...given, installs: 'v1.37.2' }), world)).outcome, 'ok')
  const run = await rehearse(workerFits({ ...given, installs: 'v1.38.0' }), world)
  assert.match(String(run.error), 'its kubelet v1.38.0 is newer')
})

test('a host without programs is an error that says so, and one that has joined is not asked for its programs', async () => {
  const without = workerWorld({ files: joinedFiles, node: true, kubelet: 'v1.20.0' })
  assert.is((await rehearse(workerFits(given), without.world)).outcome, 'ok')
  const missing = workerWorld()
  const run = await rehearse(workerFits(given), {
    ...missing.world,
    patterns: [
      [/^kubeadm version/, { code: 127, stderr: 'sh: kubeadm: not found' }],
      ...(missing.world.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'kubeadm')
})

test('a node of another cluster is refused by name', async () => {
  const files = { ...joinedFiles, '/etc/kubernetes/kubelet.conf': kubeconfig(selfSigned('/CN=kubernetes')) }
  const run = await rehearse(workerFits(given), workerWorld({ files }).world)
  assert.match(String(run.error), 'is a node of another cluster, that of https://10.0.0.10:6443')
})
