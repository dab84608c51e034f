import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { loadBalancerCanDrain } from '../../../tasks/network/load-balancer-can-drain.ts'
import { withDrained } from '../../../tasks/network/load-balancers/configuration.ts'
import { suite } from '../../support/spec.ts'
import { configuration, m1, m2, world } from './balancer-world.ts'

const test = suite('load-balancer-can-drain')

const task = loadBalancerCanDrain({ servers: ['m1', 'm2'] })

test('servers that can be drained one at a time are ok, a drained one too', async () => {
  for (const text of [configuration(m1, m2, 'm3 10.0.0.3:6443 check'), configuration(m1, m2)])
    assert.is((await rehearse(task, world(text))).outcome, 'ok')
})

test('a drain that an interrupted run has left does not count, a server that someone has disabled does', async () => {
  const drained = withDrained(configuration(m1, m2), 'm1')
  assert.is((await rehearse(task, world(drained))).outcome, 'ok')
  const off = configuration(m1, `${m2} disabled`)
  assert.match(String((await rehearse(task, world(off))).error), 'm1 is its only server that is not disabled')
})

test('what is in the way is named for all', async () => {
  const run = await rehearse(task, world(configuration(m1)))
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), /m1 is its only server that is not disabled; it does not have a server m2/)
})

test('bad parameters are refused', () => {
  assert.throws(() => loadBalancerCanDrain({ servers: [] }), 'servers')
  assert.throws(() => loadBalancerCanDrain({ servers: ['a b#'] }), 'servers')
})
