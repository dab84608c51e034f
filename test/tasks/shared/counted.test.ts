import * as assert from 'uvu/assert'
import { counted } from '../../../tasks/shared/counted.ts'
import { suite } from '../../support/spec.ts'

const test = suite('counted')

test('the plural, unless it is one', () => {
  assert.equal(
    [0, 1, 2].map((count) => counted(count, 'fault')),
    ['0 faults', '1 fault', '2 faults'],
  )
})
