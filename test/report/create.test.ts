import * as assert from 'uvu/assert'
import { chooseOutput, createReporter } from '../../engine/report/create.ts'
import { suite } from '../support/spec.ts'
import { runStart, written } from './run-events.ts'

const test = suite('the choice of output')

test('a person at a terminal gets the tree', () =>
  assert.is(chooseOutput({ isTTY: true, ci: false, requested: undefined }), 'tree'))
test('a pipe gets lines', () =>
  assert.is(chooseOutput({ isTTY: false, ci: false, requested: undefined }), 'plain'))
test('a job of continuous integration gets lines, terminal or not', () => {
  assert.is(chooseOutput({ isTTY: true, ci: true, requested: undefined }), 'plain')
  assert.is(chooseOutput({ isTTY: false, ci: true, requested: undefined }), 'plain')
})
test('what is asked for is given', () => {
  assert.is(chooseOutput({ isTTY: true, ci: false, requested: 'json' }), 'json')
  assert.is(chooseOutput({ isTTY: true, ci: false, requested: 'plain' }), 'plain')
  assert.is(chooseOutput({ isTTY: true, ci: true, requested: 'tree' }), 'tree')
})
test('a tree needs a terminal, so a pipe gets lines even then', () =>
  assert.is(chooseOutput({ isTTY: false, ci: false, requested: 'tree' }), 'plain'))

test('each kind has its reporter', () => {
  assert.match(
    written((options) => createReporter('json', options), [runStart()]),
    /^\{"type":"run-start"/,
  )
  assert.match(
    written((options) => createReporter('plain', options), [runStart()]),
    /^ha-masters: 2 hosts/,
  )
})
