import * as assert from 'uvu/assert'
import { isSameValue } from '../../../tasks/network/addresses/same-value.ts'
import { suite } from '../../support/spec.ts'

const test = suite('settings by their value')

for (const [one, other] of [
  ['[FD00::10]:6443', '[fd00:0:0::10]:6443'],
  ['FD00:10::/56', 'fd00:10:0::/56'],
  ['10.244.0.0/16,FD00::/56', '10.244.0.0/16,fd00::/56'],
  ['10.244.3.0/16', '10.244.0.0/16'],
  ['FD00::11,10.0.0.11', 'fd00::11,10.0.0.11'],
  ['api:6443', 'api:6443'],
  ['', ''],
] as const)
  test(`${one} is ${other}`, () => {
    assert.is(isSameValue(one, other), true)
  })

for (const [one, other] of [
  ['[fd00::10]:6443', '[fd00::10]:6444'],
  ['[fd00::10]:6443', '[fd00::11]:6443'],
  ['fd00::/56', 'fd00::/64'],
  ['fd00::/56,10.244.0.0/16', '10.244.0.0/16,fd00::/56'],
  ['10.0.0.1', '10.0.0.1/32'],
  ['API:6443', 'api:6443'],
  ['true', 'false'],
] as const)
  test(`${one} is not ${other}`, () => {
    assert.is(isSameValue(one, other), false)
  })

test('a setting that is not there is only the same as another one that is not there', () => {
  assert.equal([isSameValue(undefined, undefined), isSameValue('', undefined)], [true, false])
})
