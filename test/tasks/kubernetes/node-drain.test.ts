import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { nodeDrain } from '../../../tasks/kubernetes/node-drain.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { nodeWorld } from './node-world.ts'

const test = suite('node-drain')

const web = { name: 'web-1', labels: { app: 'web' } } as const
const kept = [
  { name: 'etcd-m2', owner: 'a manifest' },
  { name: 'kube-proxy-1', owner: 'DaemonSet' },
] as const

test('a node is cordoned, marked and drained; static pods and those of DaemonSets stay', async () => {
  const { world, log, state } = nodeWorld({ pods: [...kept, web] })
  const run = await rehearse(nodeDrain({ node: 'm2' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'node m2', from: 'takes new pods', to: 'cordoned' },
    { what: 'pod default/web-1', from: 'on m2', to: 'evicted' },
  ])
  assert.equal(log, ['cordon', 'drain --ignore-daemonsets --delete-emptydir-data --timeout=300s'])
  assert.equal(state(), { cordoned: true, marked: true })
})

test('a node without pods to evict is only cordoned', async () => {
  const { world, log } = nodeWorld({ pods: kept })
  assert.is((await rehearse(nodeDrain({ node: 'm2' }), world)).outcome, 'changed')
  assert.equal(log, ['cordon'])
})

test('the options are those of kubectl, by the names of its version', async () => {
  const { world, log } = nodeWorld({ pods: [{ ...web, owner: 'nothing' }], version: 'v1.19.16' })
  const run = await rehearse(nodeDrain({ node: 'm2', force: true, gracePeriod: 5, timeout: 60 }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(log[1], 'drain --ignore-daemonsets --delete-local-data --force --grace-period=5 --timeout=60s')
})

for (const [title, pod, params, message, hint] of [
  [
    'a pod that no controller makes again',
    { name: 'alone', owner: 'nothing' },
    {},
    'm2 cannot be drained: no controller makes default/alone again',
    'force=true',
  ],
  [
    'a pod whose data is lost',
    { name: 'cache', emptyDir: true },
    { deleteEmptyDirData: false },
    'm2 cannot be drained: data in emptyDir volumes of default/cache would be lost',
    'deleteEmptyDirData=true',
  ],
] as const)
  test(`refused before anything is changed, also by --check: ${title}`, async () => {
    const { world, log } = nodeWorld({ pods: [pod] })
    const run = await rehearse(nodeDrain({ node: 'm2', ...params }), world)
    assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
  })

test('a pod without a controller is not in the way if it has ended', async () => {
  const { world } = nodeWorld({ pods: [{ name: 'done', owner: 'nothing', phase: 'Succeeded' }] })
  assert.is((await rehearse(nodeDrain({ node: 'm2' }), world)).outcome, 'changed')
})

for (const [title, selector, blocks] of [
  ['labels', { matchLabels: { app: 'web' } }, true],
  ['other labels', { matchLabels: { app: 'db' } }, false],
  ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
  ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  ['Exists', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
  ['DoesNotExist', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
] as const)
  test(`a budget that never allows an eviction, selected by ${title}`, async () => {
    const budgets = [{ name: 'web', selector, needed: 1, healthy: 1, all: 1 }]
    const { world, log } = nodeWorld({ pods: [web], budgets })
    const run = await rehearse(nodeDrain({ node: 'm2' }), world)
    assert.equal([run.predicted, run.outcome], blocks ? ['failed', 'failed'] : ['would change', 'changed'])
    if (!blocks) return
    assert.equal(log, [])
    assert.match(
      String(run.error),
      'the PodDisruptionBudget default/web does not allow evicting default/web-1: 1 of 1 pods must be healthy, and 1 are',
    )
    assert.match(hintOf(run.error), 'another replica on another node')
  })

for (const [title, pod, apiVersion, blocks] of [
  ['a pod that has not started is not kept', { ...web, phase: 'Pending' }, 'policy/v1', false],
  ['an empty selector selects all pods', web, 'policy/v1', true],
  ['up to 1.20, an empty selector selects none', web, 'policy/v1beta1', false],
] as const)
  test(`budgets: ${title}`, async () => {
    const budgets = [{ name: 'web', selector: {}, needed: 1, healthy: 1, all: 1, apiVersion }]
    const { world } = nodeWorld({ pods: [pod], budgets })
    assert.is((await rehearse(nodeDrain({ node: 'm2' }), world)).outcome, blocks ? 'failed' : 'changed')
  })

test('the data that an eviction loses is named', async () => {
  const { world } = nodeWorld({ pods: [{ ...web, emptyDir: true }] })
  const run = await rehearse(nodeDrain({ node: 'm2' }), world)
  assert.is(run.changes?.[1]?.to, 'evicted; the data in its emptyDir volumes is lost')
})

test('a kubectl that fails at once is not one that has waited', async () => {
  const drain = { code: 1, stderr: 'Unable to connect to the server: connection refused' }
  const { world } = nodeWorld({ pods: [web], drain })
  const run = await rehearse(nodeDrain({ node: 'm2' }), { ...world, unpredictable: 'kubectl fails' })
  assert.match(String(run.error), 'm2 is not drained: kubectl has failed')
})

const waiting = [{ name: 'web', needed: 2, healthy: 2, all: 3 }]
const timedOut = {
  code: 1,
  stderr: 'error when evicting pods/"web-1" -n "default": global timeout reached: 60s',
}

test('a budget that blocks until the time is over is named, and the node is uncordoned again', async () => {
  const { world, log, state } = nodeWorld({ pods: [web], budgets: waiting, drain: timedOut })
  const run = await rehearse(nodeDrain({ node: 'm2', timeout: 60 }), {
    ...world,
    unpredictable: 'another replica could become healthy in time',
  })
  assert.is(run.outcome, 'failed')
  assert.match(
    String(run.error),
    'm2 is not drained: pods are left after 60 s: the PodDisruptionBudget default/web does not allow evicting default/web-1: 2 of 3 pods must be healthy, and 2 are',
  )
  assert.equal([log[0], log[2], state()], ['cordon', 'uncordon', { cordoned: false, marked: false }])
})

test('after a failed drain, the cordon of an administrator stays', async () => {
  const pods = [{ ...web, terminating: true }]
  const { world, state } = nodeWorld({ cordoned: true, pods, drain: timedOut })
  const run = await rehearse(nodeDrain({ node: 'm2' }), {
    ...world,
    unpredictable: 'the pod could end in time',
  })
  assert.match(String(run.error), 'still ending: default/web-1')
  assert.equal(state(), { cordoned: true, marked: false })
})

test('a node whose kubelet does not report is refused, or only cordoned', async () => {
  const { world, log } = nodeWorld({ ready: 'Unknown', pods: [web] })
  const refused = await rehearse(nodeDrain({ node: 'm2' }), world)
  assert.equal([refused.predicted, refused.outcome, log], ['failed', 'failed', []])
  assert.match(String(refused.error), 'its kubelet does not report')
  const run = await rehearse(nodeDrain({ node: 'm2', unreachable: 'cordon' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, ['cordon'])
})

test('a node that the cluster does not have is an error, or drained already', async () => {
  const { world } = nodeWorld()
  assert.match(String((await rehearse(nodeDrain({ node: 'm9' }), world)).error), 'does not have a node m9')
  assert.is((await rehearse(nodeDrain({ node: 'm9', absent: 'accept' }), world)).outcome, 'ok')
})

test('bad parameters are refused', () => {
  assert.throws(() => nodeDrain({ node: 'm2', timeout: 0 }), 'timeout')
})
