import * as assert from 'uvu/assert'
import { isPassword, newVerifier } from '../../../tasks/databases/postgresql/scram.ts'
import { suite } from '../../support/spec.ts'

const test = suite('passwords of PostgreSQL')

test('a new verifier is that of its password only, and never the same twice', () => {
  const kept = newVerifier('hush')
  assert.match(kept, /^SCRAM-SHA-256\$4096:[\w+/]{22}==\$[\w+/]{43}=:[\w+/]{43}=$/)
  assert.ok(isPassword(kept, 'shop', 'hush'))
  assert.not(isPassword(kept, 'shop', 'hush '))
  assert.is.not(newVerifier('hush'), kept)
})

test('MD5 contains the name of the role; other text is refused', () => {
  // select 'md5' || md5('hush' || 'shop')
  const kept = 'md52eb2a1aa6ec8ac7c5be36ea1e1d7e3c5'
  assert.not(isPassword(kept, 'other', 'hush'))
  for (const odd of ['', 'SCRAM-SHA-256$0:AAAA$x:y', 'SCRAM-SHA-256$9999999:AAAA$x:y', 'x'])
    assert.not(isPassword(odd, 'shop', 'hush'))
})
