import * as assert from 'uvu/assert'
import { parseCpus } from '../../../tasks/facts/cpus.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cpus')

test('processors of a machine with two sockets, and of one that says little', () => {
  const text =
    '32\ncpu cores\t: 8\nmodel name\t: Example CPU @ 2.00GHz: x\nphysical id\t: 0\nphysical id\t: 1\nvendor_id\t: Example\n'
  assert.equal(parseCpus(text), {
    count: 32,
    sockets: 2,
    cores: 16,
    model: 'Example CPU @ 2.00GHz: x',
    vendor: 'Example',
  })
  assert.equal(parseCpus('4\n'), {
    count: 4,
    sockets: 1,
    cores: undefined,
    model: undefined,
    vendor: undefined,
  })
  assert.is(parseCpus('many'), undefined)
})
