import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { temporaryDirectory } from '../../../tasks/files/temporary-directory.ts'
import { suite } from '../../support/spec.ts'

const test = suite('temporary-directory')

test('made at each run, and not under --check', async () => {
  const made = { patterns: [[/^mktemp /, '/tmp/x.abcdef\n'] as const] }
  const run = await rehearse(temporaryDirectory(), made)
  assert.equal(
    [run.predicted, run.outcome, run.commands.apply],
    ['would change', 'changed', ['mktemp -d /tmp/coxswain.XXXXXX']],
    String(run.error),
  )
  const other = await rehearse(temporaryDirectory({ parent: '/var/tmp/', prefix: 'build' }), made)
  assert.equal(other.commands.apply, ['mktemp -d /var/tmp/build.XXXXXX'])
  assert.throws(() => temporaryDirectory({ prefix: '../x' }), /letters, digits/)
})
