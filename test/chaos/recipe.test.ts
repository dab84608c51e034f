/** The rounds of a seed, without a host. */
import * as assert from 'uvu/assert'
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import * as library from '../../tasks/index.ts'
import { elsewhere } from '../hosts/examples/elsewhere.ts'
import { prepared } from '../hosts/examples/prepared.ts'
import { suite } from '../support/spec.ts'
import { faultNames } from './faults.ts'
import { leftOut, pieces } from './pieces.ts'
import { recipeOf } from './recipe.ts'

const test = suite('rounds of disturbed runs')

const rounds = (seed: number) => Array.from({ length: 60 }, (_, n) => recipeOf(seed, n + 1, pieces(), 8))

test('a seed gives the same rounds each time, and another seed gives others', () => {
  assert.equal(rounds(7), rounds(7))
  assert.not.equal(rounds(7), rounds(8))
})

test('a round does not depend on those before it', () => {
  assert.equal(recipeOf(7, 40, pieces(), 8), rounds(7)[39])
})

test('60 rounds have each fault at least six times, and each task', () => {
  const all = rounds(1)
  for (const name of faultNames)
    assert.ok(all.filter(({ fault }) => fault === name).length >= 6, `${name} is rare`)
  const used = new Set(all.flatMap(({ steps }) => steps.map(({ piece }) => piece.name)))
  assert.equal(
    pieces().flatMap(({ name }) => (used.has(name) ? [] : [name])),
    [],
  )
})

test('each task whose example runs on a host takes part, or has a reason not to', () => {
  const names = pieces().map(({ name }) => name)
  assert.is(new Set(names).size, names.length)
  const facts = new Set(
    documentedTasks(library).flatMap(({ info }) => (info.kind === 'fact' ? [info.name] : [])),
  )
  for (const name of Object.keys(prepared))
    if (!facts.has(name)) assert.is.not(names.includes(name), name in leftOut, name)
  for (const name of Object.keys(elsewhere)) assert.not(names.includes(name), name)
})
