import * as assert from 'uvu/assert'
import { paintWith } from '../../engine/report/colors.ts'
import { suite } from '../support/spec.ts'

const test = suite('colours')

test('text is coloured if colours are on, even without a terminal', () =>
  assert.is(paintWith(true).red('failed'), '\x1b[31mfailed\x1b[39m'))
test('text stays unchanged if colours are off', () => assert.is(paintWith(false).red('failed'), 'failed'))
test('empty text stays empty', () => assert.is(paintWith(true).dim(''), ''))
