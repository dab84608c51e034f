import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { Secret } from '../../../engine/secret.ts'
import { command } from '../../../tasks/system/command.ts'
import { suite } from '../../support/spec.ts'

const test = suite('command')

test('without a guard it runs every time; its secret is passed on standard input', async () => {
  let input = ''
  const run = await rehearse(command({ run: 'tee', args: ['a b'], stdin: new Secret('hush') }), {
    patterns: [
      [
        /^sh -c/,
        ({ stdin }) => {
          input = stdin
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed')
  assert.equal(run.commands, { check: [], apply: [String.raw`sh -c 'tee '\''a b'\'''`] })
  assert.is(input, 'hush')
})

test('guards show that it is not needed', async () => {
  const make: World['patterns'] = [
    [
      /^cd -- \/srv \|\| exit; sh -c 'make it'$/,
      (_, files) => {
        files.set('/srv/it', { content: '' })
        return ''
      },
    ],
  ]
  const task = command({ run: 'make it', creates: '/srv/it', cwd: '/srv' })
  const made = await rehearse(task, { patterns: make })
  assert.equal([made.outcome, made.changes], ['changed', [{ what: '/srv/it', to: 'created by make it' }]])
  assert.is((await rehearse(task, { files: { '/srv/it': '' } })).outcome, 'ok')
  assert.is((await rehearse(command({ run: 'x', removes: '/gone' }), {})).outcome, 'ok')
  assert.is(
    (await rehearse(command({ run: 'x', unless: 'id x' }), { replies: { "sh -c 'id x'": '' } })).outcome,
    'ok',
  )
  const never = await rehearse(command({ run: 'true', creates: '/never' }), { replies: { 'sh -c true': '' } })
  assert.match(String(never.error), 'its check still finds: /never')
})
