import * as assert from 'uvu/assert'
import { suite } from '../support/spec.ts'
import { quiet, recipe, task } from './altered.ts'
import { Tally, dimensions, dimensionsOf } from './dimensions.ts'

const test = suite('dimensions of the simulation')

test('a history has the dimensions of its playbook, and of what happened', async () => {
  const history = await quiet(
    recipe([
      task('p0t1', { user: 'app', says: 3, notify: ['p0h0'] }),
      task('p0t2', { does: 'settle', on: 'b' }),
      task('p0t3', { oncePer: 'run' }),
    ]),
  )
  assert.equal(dimensionsOf(history), [
    'another user',
    'several users on a host',
    'output on both streams',
    'predicted change',
    'pending check',
    'delegation',
    'once per run',
    'skipped',
  ])
})

test('a tally lists the dimensions that no seed had', () => {
  const tally = new Tally()
  const [first = '', ...others] = Object.keys(dimensions)
  tally.add(first, 2)
  tally.add(first, 1)
  assert.equal(tally.missing, others)
  assert.match(tally.table, new RegExp(`^ +3 ${first}\n +0 `))
})
