import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { connect } from '../../../engine/testing/world.ts'
import { loadBalancerDrain } from '../../../tasks/network/load-balancer-drain.ts'
import { loadBalancerUndrain } from '../../../tasks/network/load-balancer-undrain.ts'
import { run as runPlays } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'
import { configuration, m1, m2, path, world } from './balancer-world.ts'

const test = suite('load-balancer-undrain')

test('a drained server is used again, and haproxy reloads once', async () => {
  const run = await rehearse(
    loadBalancerUndrain({ server: 'm1' }),
    world(configuration(`${m1} disabled # drained by coxswain`, m2)),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'server m1', from: 'drained', to: 'used' }])
  assert.is(run.files.get(path)?.content, configuration(m1, m2))
  assert.is(run.commands.apply.filter((command) => command.includes('try-reload-or-restart')).length, 1)
})

test('a server that is used, or is not there, is ok', async () => {
  for (const server of ['m1', 'm9'])
    assert.is((await rehearse(loadBalancerUndrain({ server }), world(configuration(m1, m2)))).outcome, 'ok')
})

test('--check: a server that would be drained on behalf of another host would be used again', async () => {
  const { ends } = await runPlays(
    (play) => [
      play('p', {
        hosts: 'a',
        tasks: () => [
          loadBalancerDrain({ server: 'm1' }, { on: 'lb' }),
          loadBalancerUndrain({ server: 'm1' }, { on: 'lb' }),
          loadBalancerUndrain({ server: 'm2' }, { on: 'lb' }),
        ],
      }),
    ],
    { hosts: { a: connect({}), lb: connect(world(configuration(m1, m2))) }, checkMode: true },
  )
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['would change', 'would change', 'ok'],
  )
})

test('bad parameters are refused', () => {
  assert.throws(() => loadBalancerUndrain({ server: 'm1 #' }), 'server')
})
