import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { shell } from '../../../tasks/system/shell.ts'
import { suite } from '../../support/spec.ts'

const test = suite('shell')

test('the lines are passed on standard input, and run by the given shell', async () => {
  const task = shell({ run: 'touch /x', args: ["it's"], creates: '/x', interpreter: 'bash -eu' })
  assert.is(task.title, 'touch /x')
  const run = await rehearse(task, {
    patterns: [
      [
        /^set -- 8\n.*\nbash -eu "\$d\/script" 'it'\\''s' <\/dev\/null$/s,
        ({ stdin }, files) => {
          assert.is(stdin, 'touch /x')
          files.set('/x', { content: '' })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('with a guard it runs once; without one it runs every time, and says so', async () => {
  assert.is((await rehearse(shell({ run: 'x', creates: '/x' }), { files: { '/x': '' } })).outcome, 'ok')
  assert.is(shell({ run: 'x' }).check, undefined)
})

test('Windows line endings are one clear error, for a shell only', async () => {
  const said = async (given: Parameters<typeof shell>[0]): Promise<string> =>
    String((await rehearse(shell({ ...given, creates: '/x' }), { patterns: [[/^set -- /, '']] })).error)
  assert.match(await said({ run: 'true\r\ntrue\r\n' }), 'has Windows line endings (CRLF), first in line 1')
  assert.match(await said({ run: 'true\ntrue\r\n', interpreter: 'bash -e' }), 'first in line 2')
  assert.not.match(await said({ run: 'true\r\n', interpreter: 'python3' }), 'CRLF')
})
