import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { nodeLabels } from '../../../tasks/kubernetes/node-labels.ts'
import { suite } from '../../support/spec.ts'
import { labelsWorld } from './labels-world.ts'

const test = suite('node-labels')

const pool = { 'example.com/pool': 'web', zone: 'a' }
const kept = { 'coxswain/labels': '{"example.com/pool":"web","zone":"a"}' }

test('labels are set and recorded by one change of the node as it was read; others stay', async () => {
  const { world, node, patches } = labelsWorld({
    labels: { os: 'linux', zone: 'b' },
    annotations: { own: 'x' },
  })
  const run = await rehearse(nodeLabels({ node: 'w1', labels: pool }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.changes, [
    { what: 'label example.com/pool', from: undefined, to: 'web' },
    { what: 'label zone', from: 'b', to: 'a' },
    { what: 'annotation coxswain/labels', from: undefined, to: kept['coxswain/labels'] },
  ])
  assert.equal(node().labels, { os: 'linux', ...pool })
  assert.equal(node().annotations, { own: 'x', ...kept })
  assert.is(patches.length, 1)
  assert.equal(
    run.commands.apply.filter((script) => script.includes(' patch ')),
    [
      `kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s patch node w1 --type merge -p '{"metadata":{"resourceVersion":"1","labels":{"example.com/pool":"web","zone":"a"},"annotations":{"coxswain/labels":"{\\"example.com/pool\\":\\"web\\",\\"zone\\":\\"a\\"}"}}}'`,
    ],
  )
})

test('a node that has them is ok, also if others have given it more', async () => {
  const { world, patches } = labelsWorld({ labels: { ...pool, by: 'hand' }, annotations: kept })
  const run = await rehearse(
    nodeLabels({ node: 'w1', labels: { zone: 'a', 'example.com/pool': 'web' } }),
    world,
  )
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(patches, [])
})

test('a label that is no longer wanted is removed, unless someone has changed it since', async () => {
  const { world, node } = labelsWorld({
    labels: { ...pool, zone: 'by hand', os: 'linux' },
    annotations: kept,
  })
  const run = await rehearse(nodeLabels({ node: 'w1', labels: {} }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'label example.com/pool', from: 'web', to: undefined },
    { what: 'annotation coxswain/labels', from: kept['coxswain/labels'], to: undefined },
  ])
  assert.equal(node(), {
    labels: { zone: 'by hand', os: 'linux' },
    annotations: {},
    taints: [],
    version: undefined,
  })
})

test('one that someone removed or changed by hand is set again while it is wanted', async () => {
  const { world, node } = labelsWorld({ labels: { zone: 'by hand' }, annotations: kept })
  assert.is((await rehearse(nodeLabels({ node: 'w1', labels: pool }), world)).outcome, 'changed')
  assert.equal(node().labels, pool)
})

test('without wanted and recorded labels, nothing is done', async () => {
  const { world, patches } = labelsWorld({ labels: { os: 'linux' } })
  assert.is((await rehearse(nodeLabels({ node: 'w1', labels: {} }), world)).outcome, 'ok')
  assert.equal(patches, [])
})

test('a record that cannot be read counts as none', async () => {
  const { world, node } = labelsWorld({ labels: pool, annotations: { 'coxswain/labels': 'x' } })
  assert.is((await rehearse(nodeLabels({ node: 'w1', labels: {} }), world)).outcome, 'changed')
  assert.equal([node().labels, node().annotations], [pool, {}])
})

test('a change of the node by others is repeated on the node as it is then', async () => {
  const { world, node } = labelsWorld({ conflict: true })
  assert.is((await rehearse(nodeLabels({ node: 'w1', labels: pool }), world)).outcome, 'changed')
  assert.equal(node().labels, pool)
})

test('an unknown node is an error, and so are names and values that the API server refuses', async () => {
  const run = await rehearse(nodeLabels({ node: 'w9', labels: pool }), labelsWorld().world)
  assert.match(String(run.error), 'the cluster does not have a node w9')
  for (const labels of [
    { 'Example.com/pool': 'x' },
    { '-a': 'x' },
    { a: 'x y' },
    { a: 'x'.repeat(64) },
    { 'a/b/c': 'x' },
  ])
    assert.throws(() => nodeLabels({ node: 'w1', labels }), /must/, JSON.stringify(labels))
})
