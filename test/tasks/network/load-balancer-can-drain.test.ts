import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { loadBalancerCanDrain } from '../../../tasks/network/load-balancer-can-drain.ts'
import { withDrained } from '../../../tasks/network/load-balancers/configuration.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from '../kubernetes/etcd-world.ts'
import { configuration, m1, m2, urls, world } from './balancer-world.ts'

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

test('a server that is the last one that is ready is refused, also under --check, and one that is drained already is not', async () => {
  const text = configuration(m1, m2)
  const ready = urls('10.0.0.1')
  const one = loadBalancerCanDrain({ servers: ['m1'] })
  for (const refused of [task, one]) {
    const run = await rehearse(refused, world(text, { code: 0 }, ready))
    assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
    assert.match(String(run.error), 'm1 is its last server that is ready: m2 is not')
    assert.match(hintOf(run.error), 'bring another one back first; host asks https://10.0.0.2:6443/readyz')
  }
  const drained = await rehearse(one, world(withDrained(text, 'm1'), { code: 0 }, ready))
  assert.is(drained.outcome, 'ok', String(drained.error))
  const unknown = await rehearse(one, world(text, { code: 0 }, { code: 1 }))
  assert.is(unknown.outcome, 'ok', String(unknown.error))
})

test('bad parameters are refused', () => {
  assert.throws(() => loadBalancerCanDrain({ servers: [] }), 'servers')
  assert.throws(() => loadBalancerCanDrain({ servers: ['a b#'] }), 'servers')
})
