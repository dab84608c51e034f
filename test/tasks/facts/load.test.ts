import * as assert from 'uvu/assert'
import { load } from '../../../tasks/facts/load.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('load')

test('averages, and the time of the boot', async () => {
  assert.equal(await valueFrom(load(), '0.10 0.20 1.5 1/200 999\n86400.55 1000.00\n1800000000\n'), {
    average: [0.1, 0.2, 1.5],
    uptime: 86_400,
    bootedAt: 1_799_913_600,
  })
})
