import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { Secret } from '../../engine/secret.ts'
import { quote, script } from '../../engine/remote/quote.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { suite } from '../support/spec.ts'

const test = suite('quoting')

const shells = ['/bin/dash', '/bin/bash'].filter((shell) => existsSync(shell))
const printable = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text)

test('at least one shell is installed', () => assert.ok(shells.length > 0))

for (const shell of shells) {
  test(`${shell} reads any quoted word unchanged`, () => {
    fc.assert(
      // a hundred words in one shell: starting a shell takes the time
      fc.property(fc.array(printable, { minLength: 1, maxLength: 100 }), (words) => {
        const { stdout } = spawnSync(shell, ['-c', script`printf '%s\\0' ${words}`], { encoding: 'utf8' })
        assert.equal(stdout.split('\0').slice(0, -1), words)
      }),
      propertyRuns(60),
    )
  })
}

test('plain words stay readable', () => assert.is(quote('net.ipv4.ip_forward=1'), 'net.ipv4.ip_forward=1'))
test('an empty word is a word', () => assert.is(quote(''), "''"))
test('a single quote is escaped', () => assert.is(quote("it's"), "'it'\\''s'"))
test('a list becomes several words', () => assert.is(script`rm -- ${['a b', 'c']}`, "rm -- 'a b' c"))

test('undefined, null and objects are refused', () => {
  for (const value of [undefined, null, {}]) {
    assert.throws(() => script`echo ${value}`, /in the command template: echo \$\{…\}/)
  }
})

test('a NUL byte is refused', () => assert.throws(() => quote('a\0b'), /NUL byte/))

test('a secret is refused, and not printed', () => {
  try {
    assert.unreachable(script`echo ${new Secret('hunter2')}`)
  } catch (error) {
    assert.match(String(error), 'a secret cannot be part of a command line')
    assert.not.match(String(error), 'hunter2')
  }
})
