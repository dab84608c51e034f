/** What rounds of clusters are, and the page about them. */
import * as assert from 'uvu/assert'
import { suite } from '../../support/spec.ts'
import { faultNames, faults } from './faults.ts'
import { operationNames, operations } from './operations.ts'
import { recipeOf } from './recipe.ts'
import type { Outcome } from './round.ts'
import { pageOf, usualEvents } from './table.ts'

const test = suite('rounds of clusters under faults')

const pairs = operationNames.length * faultNames.length

test('all operations and faults have a turn, and each pair is drawn once in so many rounds', () => {
  assert.equal([...operationNames].toSorted(), Object.keys(operations).toSorted())
  assert.equal([...faultNames].toSorted(), Object.keys(faults).toSorted())
  for (const seed of [1, 2, 9]) {
    const drawn = Array.from({ length: pairs }, (_, index) => recipeOf(seed, index + 1))
    assert.is(new Set(drawn.map(({ operation, fault }) => `${operation} ${fault}`)).size, pairs)
  }
})

test('a seed decides everything, and another one something else', () => {
  const all = (seed: number) => Array.from({ length: 40 }, (_, index) => recipeOf(seed, index + 1))
  assert.equal(all(3), all(3))
  assert.not.equal(all(3), all(4))
})

const outcome = (round: number | undefined, wrong: readonly string[] = []): Outcome => ({
  operation: 'renew',
  recipe: round === undefined ? undefined : recipeOf(1, round),
  struck: 'm1, a task | with a bar',
  runs: [{ status: null, stdout: '', stderr: '' }],
  events: 10,
  written: { acknowledged: 100, lost: [], longest: 1.25, away: 2 },
  wanted: { masters: ['m1', 'm2', 'm3'] },
  wrong,
})

test('a page keeps the rows of other rounds of its seed, in their order', () => {
  const of = { seed: 1, kubernetes: '1.37' }
  const first = pageOf(of, [outcome(undefined), outcome(10), outcome(2, ['lost: a'])])
  assert.match(first, '1 of 2 rounds ended well')
  const second = pageOf(of, [outcome(2)], first)
  assert.match(second, '2 of 2 rounds ended well')
  assert.equal(
    [...second.matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name),
    ['renew', '2', '10'],
  )
  assert.match(second, String.raw`a task \| with a bar`)
  assert.match(second, '| 10 | killed | 1.3 | 2.0 | 100 | well |')
  assert.equal([...usualEvents(of, second)], [['renew', 10]])
  assert.equal([...usualEvents({ ...of, seed: 2 }, second)], [])
  assert.match(pageOf({ ...of, seed: 2 }, [outcome(2)], first), '1 of 1 rounds')
})
