import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { clusterInfo, nodeReady, podsRunning } from '../../../tasks/kubernetes/waits.ts'
import { suite } from '../../support/spec.ts'
import { silentHost } from './silent-host.ts'

const test = suite('waits')

const pod = (name: string, phase: string, ready: boolean) => ({
  metadata: { name },
  status: { phase, containerStatuses: [{ ready }] },
})

test('pods that succeeded, are being deleted, or failed and were replaced, are not waited for', async () => {
  const pods = JSON.stringify({
    items: [
      pod('a', 'Running', true),
      { ...pod('evicted', 'Failed', false), metadata: { name: 'evicted', ownerReferences: [{}] } },
      { ...pod('going', 'Running', false), metadata: { name: 'going', deletionTimestamp: 'now' } },
    ],
  })
  const run = await rehearse(podsRunning({ timeout: 0 }), { patterns: [[/get pods -o json/, pods]] })
  assert.is(run.outcome, 'ok', String(run.error))
  const alone = JSON.stringify({ items: [pod('a', 'Failed', false)] })
  const failed = await rehearse(podsRunning({ timeout: 0 }), {
    patterns: [[/get pods -o json/, alone], ...silentHost],
  })
  assert.match(String(failed.error), 'not running: a')
})

test('without a pod network, only what works without one is waited for', async () => {
  const on = (text: string) => ({ patterns: [[/get (node m1|pods -o json)/, text], ...silentHost] as const })
  const node = (withoutNetwork: boolean, text: string) =>
    rehearse(nodeReady({ node: 'm1', timeout: 0, withoutNetwork }), on(text))
  const lacking =
    'False container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized'
  assert.is((await node(true, lacking)).outcome, 'ok')
  assert.is((await node(false, lacking)).outcome, 'failed')
  assert.is((await node(true, 'False PLEG is not healthy')).outcome, 'failed')
  assert.is((await node(true, 'Unknown Kubelet stopped posting')).outcome, 'failed')
  const items = [
    { ...pod('etcd', 'Running', true), spec: { hostNetwork: true } },
    { ...pod('coredns', 'Pending', false), spec: {} },
  ]
  const pods = (withoutNetwork: boolean) =>
    rehearse(podsRunning({ timeout: 0, withoutNetwork }), on(JSON.stringify({ items })))
  assert.is((await pods(true)).outcome, 'ok')
  assert.match(String((await pods(false)).error), 'not running: coredns')
})

test('the waits report what is missing, and change nothing', async () => {
  const pods = JSON.stringify({
    items: [pod('a', 'Running', true), pod('b', 'Pending', false), pod('c', 'Succeeded', false)],
  })
  const run = await rehearse(podsRunning({ timeout: 0 }), {
    patterns: [[/get pods -o json/, pods], ...silentHost],
  })
  assert.match(String(run.error), 'not running: b')
  const node = await rehearse(nodeReady({ node: 'm1', timeout: 0 }), {
    patterns: [[/get node m1/, 'False cni plugin not initialized'], ...silentHost],
  })
  assert.match(String(node.error), 'node m1 is not Ready: cni plugin not initialized')
  const ready = await rehearse(nodeReady({ node: 'm1' }), {
    patterns: [[/get node m1/, 'True kubelet is posting ready status']],
  })
  assert.is(ready.outcome, 'ok')
  const info = await rehearse(clusterInfo({ endpoint: 'lb:6443', timeout: 0 }), {
    patterns: [[/cluster-info/, 'running at https://other:6443']],
  })
  assert.match(String(info.error), 'names another endpoint')
})

test('an endpoint is compared by its value, however it is written, and not with a part of another one', async () => {
  const says = (url: string, endpoint: string) =>
    rehearse(clusterInfo({ endpoint, timeout: 0 }), {
      patterns: [[/cluster-info/, `Kubernetes control plane is running at \u001B[0;33m${url}\u001B[0m\n`]],
    })
  for (const [url, endpoint] of [
    ['https://[fd00::10]:6443', '[FD00:0::10]:6443'],
    ['https://lb:6443', 'lb:6443'],
    ['https://10.0.0.10:6443', '10.0.0.10:6443'],
  ] as const)
    assert.is((await says(url, endpoint)).outcome, 'ok', url)
  for (const [url, endpoint] of [
    ['https://[fd00::11]:6443', '[fd00::10]:6443'],
    ['https://10.0.0.10:64430', '10.0.0.10:6443'],
  ] as const)
    assert.match(String((await says(url, endpoint)).error), 'names another endpoint')
})
