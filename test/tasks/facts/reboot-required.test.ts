import * as assert from 'uvu/assert'
import { rebootRequired } from '../../../tasks/facts/reboot-required.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('reboot-required')

test('whether a reboot is required: yes, no, and who knows', async () => {
  assert.equal(await valueFrom(rebootRequired(), 'package linux-image\npackage libc6\n'), {
    required: true,
    reasons: ['package linux-image', 'package libc6'],
  })
  assert.equal(await valueFrom(rebootRequired(), ''), { required: false, reasons: [] })
  assert.equal(await valueFrom(rebootRequired(), { code: 101 }), { required: undefined, reasons: [] })
})
