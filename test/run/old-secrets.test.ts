import * as assert from 'uvu/assert'
import { Secret } from '../../engine/secret.ts'
import { maskEvent } from '../../engine/run/masking/mask-event.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import type { ReportedChange, RunEvent } from '../../engine/run/events.ts'
import { suite } from '../support/spec.ts'

const test = suite('old values of secrets')

const shown = (change: ReportedChange): ReportedChange | undefined => {
  const redactor = new Redactor()
  redactor.learn(new Secret('n3w-s3cret'))
  const event = {
    type: 'task-end',
    time: 0,
    host: 'h',
    task: { id: '1', name: 't', title: 't', handler: undefined },
    outcome: 'changed',
    changes: [change],
    seconds: 0,
  } as unknown as RunEvent
  const masked = maskEvent(event, redactor)
  return masked.type === 'task-end' ? masked.changes[0] : undefined
}

test('the old value that a secret replaces is masked, because it may be an unknown secret', () => {
  assert.equal(
    shown({
      what: '/f',
      from: 'a = 1\npassword = old\nb = 2\n',
      to: 'a = 1\npassword = n3w-s3cret\nb = 2\n',
    }),
    { what: '/f', from: 'a = 1\n********\nb = 2\n', to: 'a = 1\npassword = ********\nb = 2\n' },
  )
  assert.equal(shown({ what: 'x', from: 'old', to: 'n3w-s3cret' }), {
    what: 'x',
    from: '********',
    to: '********',
  })
})

test('values without secrets are shown', () => {
  const change = { what: '/f', from: 'a\n', to: 'b\n' }
  assert.equal(shown(change), change)
  assert.equal(shown({ what: '/f', from: undefined, to: 'n3w-s3cret' }), {
    what: '/f',
    from: undefined,
    to: '********',
  })
})
