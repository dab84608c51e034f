import * as assert from 'uvu/assert'
import { paintWith } from '../../engine/report/colors.ts'
import { suite } from '../support/spec.ts'

const test = suite('colours')

test('text is painted where colours are wanted, terminal or not', () =>
  assert.is(paintWith(true).red('failed'), '\x1b[31mfailed\x1b[39m'))
test('text stays as it is where they are not', () => assert.is(paintWith(false).red('failed'), 'failed'))
test('nothing is painted around nothing', () => assert.is(paintWith(true).dim(''), ''))
