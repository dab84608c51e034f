import * as assert from 'uvu/assert'
import { parseOsRelease } from '../../../tasks/system/os-release.ts'
import { suite } from '../../support/spec.ts'

const test = suite('os-release')

test('quotes, family, and missing values', () => {
  assert.equal(parseOsRelease('ID="rocky"\nID_LIKE="rhel fedora"\nVERSION_ID="9.4"'), {
    id: 'rocky',
    family: ['rocky', 'rhel', 'fedora'],
    version: '9.4',
  })
  assert.equal(parseOsRelease(''), { id: 'linux', family: ['linux'], version: '' })
})
