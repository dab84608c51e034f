import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { clusterInfo, nodeReady, podsRunning } from '../../../tasks/kubernetes/waits.ts'
import { suite } from '../../support/spec.ts'

const test = suite('waits')

const pod = (name: string, phase: string, ready: boolean) => ({
  metadata: { name },
  status: { phase, containerStatuses: [{ ready }] },
})

test('pods that are over, go, or failed and have an owner who made others, are not waited for', async () => {
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
  const failed = await rehearse(podsRunning({ timeout: 0 }), { patterns: [[/get pods -o json/, alone]] })
  assert.match(String(failed.error), 'not running: a')
})

test('the waits say what is missing, and change nothing', async () => {
  const pods = JSON.stringify({
    items: [pod('a', 'Running', true), pod('b', 'Pending', false), pod('c', 'Succeeded', false)],
  })
  const run = await rehearse(podsRunning({ timeout: 0 }), { patterns: [[/get pods -o json/, pods]] })
  assert.match(String(run.error), 'not running: b')
  const node = await rehearse(nodeReady({ node: 'm1', timeout: 0 }), {
    patterns: [[/get node m1/, 'False cni plugin not initialized']],
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
