import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { shell } from '../../../tasks/system/shell.ts'
import { suite } from '../../support/spec.ts'

const test = suite('shell')

const around = (command: string): string =>
  `d=$(mktemp -d) || exit; trap 'rm -rf -- "$d"' EXIT; trap 'exit 143' HUP INT TERM; cat >"$d/script" && chmod 700 "$d/script" && ${command} </dev/null`

test('the lines go in by standard input, and are read by the shell that is told', async () => {
  const task = shell({ run: 'touch /x', args: ["it's"], creates: '/x', interpreter: 'bash -eu' })
  assert.is(task.title, 'touch /x')
  const run = await rehearse(task, {
    replies: {
      [around(`bash -eu "$d/script" 'it'\\''s'`)]: ({ stdin }, files) => {
        assert.is(stdin, 'touch /x')
        files.set('/x', { content: '' })
        return ''
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('what is done is not done again; without a guard it is done every time, and says so', async () => {
  assert.is((await rehearse(shell({ run: 'x', creates: '/x' }), { files: { '/x': '' } })).outcome, 'ok')
  assert.is(shell({ run: 'x' }).check, undefined)
})
