import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { nodeUncordon } from '../../../tasks/kubernetes/node-uncordon.ts'
import { connect } from '../../../engine/testing/world.ts'
import { nodeDrain } from '../../../tasks/kubernetes/node-drain.ts'
import { run as runPlays } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'
import { workerJoin } from '../../../tasks/kubernetes/worker-join.ts'
import { nodeWorld } from './node-world.ts'
import { workerWorld } from './worker-world.ts'

const test = suite('node-uncordon')

const joining = { name: 'w1', endpoint: '10.0.0.10:6443', version: 'v1.37.2' }

test('a node that Coxswain has cordoned takes new pods again', async () => {
  const { world, state } = nodeWorld({ cordoned: true, marked: true })
  const run = await rehearse(nodeUncordon({ node: 'm2' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'node m2', from: 'cordoned', to: 'takes new pods' }])
  assert.equal(state(), { cordoned: false, marked: false })
  assert.equal(
    run.commands.apply.filter((script) => script.includes(' patch ')),
    [
      `kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s patch node m2 --type merge -p '{"metadata":{"resourceVersion":"100","annotations":{"coxswain/cordoned":null}},"spec":{"unschedulable":null}}'`,
    ],
  )
})

test('the cordon of an administrator stays', async () => {
  const { world, log, state } = nodeWorld({ cordoned: true })
  assert.is((await rehearse(nodeUncordon({ node: 'm2' }), world)).outcome, 'ok')
  assert.equal([log, state().cordoned], [[], true])
})

test('an annotation that is left on a node that takes pods is removed', async () => {
  const { world, state } = nodeWorld({ marked: true })
  const run = await rehearse(nodeUncordon({ node: 'm2' }), world)
  assert.is(run.changes?.[0]?.from, 'with the annotation of a cordoned node')
  assert.equal(state(), { cordoned: false, marked: false })
})

test('--check: after a drain that would cordon the node, it would take new pods again', async () => {
  const ends = async (cordoned: boolean) => {
    const { world } = nodeWorld({ cordoned, pods: [{ name: 'web-1' }] })
    const { ends: all } = await runPlays(
      (play) => [
        play('p', { hosts: 'a', tasks: () => [nodeDrain({ node: 'm2' }), nodeUncordon({ node: 'm2' })] }),
      ],
      { hosts: { a: connect(world) }, checkMode: true },
    )
    return all.map(({ outcome }) => outcome)
  }
  assert.equal(await ends(false), ['would change', 'would change'])
  // an administrator has cordoned it
  assert.equal(await ends(true), ['would change', 'ok'])
})

test('--check: after a join that would make the node, nothing is cordoned', async () => {
  const { ends } = await runPlays(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [workerJoin({ ...joining, via: 'm1' }), nodeUncordon({ node: 'w1', via: 'm1' })],
      }),
    ],
    {
      hosts: { a: connect(workerWorld().world), m1: connect(workerWorld().world.others?.['m1'] ?? {}) },
      checkMode: true,
    },
  )
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['would change', 'ok'],
  )
})

test('bad parameters are refused', () => {
  // @ts-expect-error: a node is required
  assert.throws(() => nodeUncordon({}), 'node')
})
