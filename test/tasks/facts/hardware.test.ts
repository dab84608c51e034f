import * as assert from 'uvu/assert'
import { hardware } from '../../../tasks/facts/hardware.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hardware')

test('what the firmware says; what it does not say is undefined', async () => {
  const found = await valueFrom(
    hardware(),
    'sys_vendor=Example Inc.\nproduct_name= \nmodel=Board 4\nmachine-id=abc\n',
  )
  const { vendor, product, serial, machineId } = Object(found)
  assert.equal([vendor, product, serial, machineId], ['Example Inc.', 'Board 4', undefined, 'abc'])
})
