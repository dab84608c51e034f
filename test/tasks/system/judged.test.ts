/** Commands whose result is judged: okStatus, changedWhen, failedWhen, readOnly. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { command } from '../../../tasks/system/command.ts'
import { script } from '../../../tasks/system/script.ts'
import { shell } from '../../../tasks/system/shell.ts'
import { folderOf } from '../../support/folder.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('commands whose result is judged')
const folder = folderOf(test)

test('changedWhen says whether the command changed something; --check cannot know', async () => {
  const task = command({ run: 'make it', changedWhen: ({ lines }) => lines.includes('made') })
  const made = await rehearse(task, { replies: { "sh -c 'make it'": 'first\nmade\n' } })
  assert.equal(
    [made.predicted, made.outcome, made.changes],
    ['unknown', 'changed', [{ what: 'make it', to: 'run' }]],
  )
  const same = await rehearse(task, { replies: { "sh -c 'make it'": 'nothing to do\n' } })
  assert.equal([same.predicted, same.outcome, same.changes], ['unknown', 'ok', []])
})

test('changedWhen is asked only if the guard did not show that the command is not needed', async () => {
  const task = command({ run: 'make it', creates: '/it', changedWhen: () => false })
  assert.is((await rehearse(task, { files: { '/it': '' } })).outcome, 'ok')
  const made = await rehearse(task, {
    patterns: [
      [
        /make it/,
        (_, files) => {
          files.set('/it', { content: '' })
          return ''
        },
      ],
    ],
  })
  assert.equal([made.predicted, made.outcome], ['unknown', 'ok'])
})

test('okStatus lists the statuses that mean success', async () => {
  const run = (code: number, okStatus: number[] | string) =>
    rehearse(command({ run: 'x', okStatus }), { replies: { 'sh -c x': { code, stderr: 'words\n' } } })
  assert.is((await run(3, [0, 3])).outcome, 'changed')
  assert.is((await run(3, '0,3')).outcome, 'changed')
  assert.match(String((await run(2, [0, 3])).error), 'exit status 2 from: sh -c x')
  const zero = await run(0, '1')
  assert.is(zero.outcome, 'failed')
  assert.match(String(zero.error), 'exit status 0, which okStatus does not list, from: x')
})

test('failedWhen decides, whatever the exit status', async () => {
  const run = (code: number, stdout: string) =>
    rehearse(command({ run: 'x', failedWhen: ({ status, stdout: said }) => status > 1 || said === 'bad' }), {
      replies: { 'sh -c x': { code, stdout } },
    })
  assert.is((await run(1, 'good\n')).outcome, 'changed')
  assert.match(String((await run(0, 'bad\n')).error), 'failedWhen is true (exit status 0) for: x')
  assert.is((await run(2, 'good\n')).outcome, 'failed')
})

test('the result has the output as text, lines and JSON', async () => {
  let seen: unknown
  const task = shell({
    run: 'x',
    interpreter: '/bin/sh',
    changedWhen: ({ status, stdout, stderr, lines, json }) => {
      seen = { status, stdout, stderr, lines, json: json() }
      return true
    },
  })
  const run = await rehearse(task, {
    patterns: [[/script" *<\/dev\/null$/, { stdout: '[1,\n\n2]\n', stderr: 'hm\n' }]],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(seen, { status: 0, stdout: '[1,\n\n2]', stderr: 'hm', lines: ['[1,', '', '2]'], json: [1, 2] })
  const text = await rehearse(command({ run: 'x', changedWhen: ({ json }) => json() === 1 }), {
    replies: { 'sh -c x': 'words' },
  })
  assert.match(String(text.error), 'the output is not JSON: x')
})

test('a function that returns neither true nor false is an error of the author', async () => {
  const task = command.from({ run: 'x', failedWhen: () => 'no' })
  const run = await rehearse(task, { replies: { 'sh -c x': '' } })
  assert.match(String(run.error), 'failedWhen must return true or false, not string')
})

test('a command that only reads runs under --check, too, and changes nothing', async () => {
  const run = await rehearse(command({ run: 'uptime', readOnly: true }), {
    replies: { 'sh -c uptime': 'up\n' },
  })
  assert.equal(
    [run.predicted, run.outcome, run.commands],
    ['ok', 'ok', { check: ['sh -c uptime'], apply: [] }],
  )
  const judged = await rehearse(
    command({ run: 'uptime', readOnly: true, failedWhen: ({ stdout }) => stdout !== 'up' }),
    { replies: { 'sh -c uptime': 'down' } },
  )
  assert.equal([judged.predicted, judged.outcome], ['failed', 'failed'])
})

test('a script and a shell that only read run under --check, too', async () => {
  const text = '#!/bin/sh\nuptime\n'
  const place = (its: string) => sent('tasks/system/commands/place-script.sh', its.length)
  const fromFile = await rehearse(script({ src: folder.write('up', text), readOnly: true, args: ['a'] }), {
    replies: { [`${place(text)}\n/bin/sh "$d/script" a </dev/null`]: 'up\n' },
  })
  assert.equal([fromFile.predicted, fromFile.outcome, fromFile.commands.apply], ['ok', 'ok', []])
  const lines = await rehearse(shell({ run: 'uptime', readOnly: true }), {
    replies: { [`${place('uptime')}\n/bin/sh -e "$d/script"  </dev/null`]: 'up\n' },
  })
  assert.equal([lines.predicted, lines.outcome, lines.commands.apply], ['ok', 'ok', []])
})

test('what does not go together is refused', () => {
  const refused = (given: object, words: string): void =>
    assert.throws(
      () => command.from({ run: 'x', ...given }),
      (error: unknown) => String(error).includes(words),
    )
  refused({ okStatus: [0], failedWhen: () => true }, 'not both')
  refused({ readOnly: true, creates: '/x' }, 'always runs')
  refused({ readOnly: true, changedWhen: () => true }, 'changes nothing')
  refused({ okStatus: [] }, 'okStatus')
  refused({ okStatus: [256] }, 'okStatus')
  refused({ okStatus: 'x' }, 'okStatus')
  refused({ changedWhen: 'rc != 0' }, 'a function is needed')
})
