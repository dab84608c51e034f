import * as assert from 'uvu/assert'
import { hostNames, parseHostNames } from '../../../tasks/facts/host-names.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('host-names')

test('names of a host', async () => {
  assert.equal(parseHostNames('web1\nweb1.a.example\n'), {
    name: 'web1',
    short: 'web1',
    full: 'web1.a.example',
    domain: 'a.example',
  })
  assert.equal(await valueFrom(hostNames(), 'web1.b\nlocalhost.localdomain\n'), {
    name: 'web1.b',
    short: 'web1',
    full: 'web1.b',
    domain: 'b',
  })
})
