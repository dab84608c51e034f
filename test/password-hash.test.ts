import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { passwordHash } from '../engine/password-hash.ts'
import { Secret } from '../engine/secret.ts'
import { user } from '../tasks/system/user.ts'
import { suite } from './support/spec.ts'

const test = suite('hashes of passwords')

test('those that openssl makes', { needs: ['openssl'] }, () => {
  const openssl = (method: string, salt: string, password: string): string =>
    execFileSync('openssl', ['passwd', method, '-salt', salt, '-stdin'], {
      input: `${password}\n`,
      encoding: 'utf8',
    }).trim()
  for (const password of ['correct horse', 'ä€😀', 'x'.repeat(200)]) {
    assert.is(passwordHash(password, { salt: 'a.b/C9' }).reveal(), openssl('-6', 'a.b/C9', password))
    assert.is(
      passwordHash(new Secret(password), { salt: 's', method: 'sha256' }).reveal(),
      openssl('-5', 's', password),
    )
  }
})

test('the vector of the specification, with rounds', () => {
  assert.is(
    passwordHash('Hello world!', { salt: 'saltstringsaltst', rounds: 10_000 }).reveal(),
    '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
  )
})

test('any text is a salt; the same one gives the same hash, which the task user takes', () => {
  const hash = passwordHash('pw', { salt: 'ada at web1.example.org' })
  assert.is(hash.reveal(), passwordHash('pw', { salt: 'ada at web1.example.org' }).reveal())
  assert.is.not(hash.reveal(), passwordHash('pw', { salt: 'bob at web1.example.org' }).reveal())
  assert.match(hash.reveal(), /^\$6\$[./\dA-Za-z]{16}\$[./\dA-Za-z]{86}$/)
  user({ name: 'ada', password: hash })
  user({ name: 'ada', password: passwordHash('pw', { salt: 'a', rounds: 6000 }) })
  assert.throws(() => passwordHash('pw', { salt: '' }), /salt of a password is empty/)
  assert.throws(() => passwordHash('pw', { salt: 'a', rounds: 10 }), /1000 to 999999999/)
})
