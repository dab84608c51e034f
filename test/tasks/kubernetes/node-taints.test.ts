import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { nodeTaints } from '../../../tasks/kubernetes/node-taints.ts'
import { workerJoin } from '../../../tasks/kubernetes/worker-join.ts'
import { connect } from '../../../engine/testing/world.ts'
import { run as runPlays } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'
import { labelsWorld } from './labels-world.ts'
import { workerWorld } from './worker-world.ts'

const test = suite('node-taints')

const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' as const }
const kept = { 'coxswain/taints': '["gpu=yes:NoSchedule"]' }
const ofController = {
  key: 'node.kubernetes.io/unreachable',
  effect: 'NoExecute',
  timeAdded: '2026-01-01T00:00:00Z',
}

test('taints are set and recorded; those of controllers stay as they are', async () => {
  const { world, node } = labelsWorld({ taints: [ofController] })
  const run = await rehearse(nodeTaints({ node: 'w1', taints: [gpu] }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.changes, [
    { what: 'taint gpu:NoSchedule', from: undefined, to: 'gpu=yes:NoSchedule' },
    { what: 'annotation coxswain/taints', from: undefined, to: kept['coxswain/taints'] },
  ])
  assert.equal([node().taints, node().annotations], [[ofController, gpu], kept])
})

test('taints that are there since the registration are only recorded', async () => {
  const { world, patches } = labelsWorld({ taints: [gpu] })
  const run = await rehearse(nodeTaints({ node: 'w1', taints: [gpu] }), world)
  assert.equal(
    run.changes.map(({ what }) => what),
    ['annotation coxswain/taints'],
  )
  assert.equal(patches, [{ labels: undefined, taints: undefined }])
})

test('a value that someone changed is set again while it is wanted; the same key with another effect is another taint', async () => {
  const { world, node } = labelsWorld({
    taints: [
      { ...gpu, value: 'no' },
      { key: 'gpu', effect: 'NoExecute' },
    ],
    annotations: kept,
  })
  assert.is((await rehearse(nodeTaints({ node: 'w1', taints: [gpu] }), world)).outcome, 'changed')
  assert.equal(node().taints, [{ key: 'gpu', effect: 'NoExecute' }, gpu])
})

test('a taint that is no longer wanted is removed, unless someone has changed it since', async () => {
  for (const [taints, left] of [
    [[ofController, gpu], [ofController]],
    [[{ ...gpu, value: 'by hand' }], [{ ...gpu, value: 'by hand' }]],
  ] as const) {
    const { world, node } = labelsWorld({ taints, annotations: kept })
    assert.is((await rehearse(nodeTaints({ node: 'w1', taints: [] }), world)).outcome, 'changed')
    assert.equal([node().taints, node().annotations], [left, {}])
  }
})

test('a node that has them is ok, and without wanted and recorded taints nothing is done', async () => {
  for (const [taints, annotations, wanted] of [
    [[gpu, ofController], kept, [gpu]],
    [[ofController], {}, []],
  ] as const) {
    const { world, patches } = labelsWorld({ taints, annotations })
    assert.is((await rehearse(nodeTaints({ node: 'w1', taints: [...wanted] }), world)).outcome, 'ok')
    assert.equal(patches, [])
  }
})

test('--check: after a join that would register a node with its taints, they would only be recorded', async () => {
  const other = { key: 'other', effect: 'NoExecute' as const }
  const joining = workerWorld()
  const { ends } = await runPlays(
    (play) => [
      play('p', {
        hosts: 'w1',
        tasks: () => [
          workerJoin({ via: 'm1', name: 'w1', endpoint: 'lb:6443', version: 'v1.37.2', taints: [gpu] }),
          nodeTaints({ node: 'w1', via: 'm1', taints: [gpu, other] }),
        ],
      }),
    ],
    {
      hosts: { w1: connect(joining.world), m1: connect({ ...joining.world.others?.['m1'] }) },
      checkMode: true,
    },
  )
  assert.equal(
    ends.map(({ outcome, changes }) => [outcome, changes.map(({ what }) => what)]),
    [
      ['would change', ['worker']],
      ['would change', ['taint other:NoExecute', 'annotation coxswain/taints']],
    ],
  )
})

test('a taint that is there twice, and an unknown effect, are refused', () => {
  assert.throws(
    () => nodeTaints({ node: 'w1', taints: [gpu, { ...gpu, value: 'no' }] }),
    /the taint gpu:NoSchedule is there twice/,
  )
  // @ts-expect-error -- not an effect
  assert.throws(() => nodeTaints({ node: 'w1', taints: [{ key: 'a', effect: 'Never' }] }), /effect/)
})
