import * as assert from 'uvu/assert'
import { virtualization } from '../../../tasks/facts/virtualization.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('virtualization')

test('containers and virtual machines', async () => {
  assert.equal(await valueFrom(virtualization(), 'container=docker\nmachine=kvm\n'), {
    container: 'docker',
    machine: 'kvm',
  })
  assert.equal(await valueFrom(virtualization(), 'machine=none\n'), {
    container: undefined,
    machine: undefined,
  })
})
