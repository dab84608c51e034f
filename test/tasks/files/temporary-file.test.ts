import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { temporaryFile } from '../../../tasks/files/temporary-file.ts'
import { suite } from '../../support/spec.ts'

const test = suite('temporary-file')

test('made at each run, and not under --check', async () => {
  const made = { patterns: [[/^mktemp /, '/tmp/x.abcdef\n'] as const] }
  const run = await rehearse(temporaryFile(), made)
  assert.equal(
    [run.predicted, run.outcome, run.commands.apply],
    ['would change', 'changed', ['mktemp /tmp/coxswain.XXXXXX']],
    String(run.error),
  )
  const other = await rehearse(temporaryFile({ parent: '/var/tmp/', prefix: 'build' }), made)
  assert.equal(other.commands.apply, ['mktemp /var/tmp/build.XXXXXX'])
  assert.throws(() => temporaryFile({ prefix: '../x' }), /letters, digits/)
})
