import * as assert from 'uvu/assert'
import { stepper } from '../../engine/cli/session/step.ts'
import { taskRef } from '../report/run-events.ts'
import { suite } from '../support/spec.ts'

const test = suite('--step')

/** Gives these answers, and records the questions. */
const person = (...answers: string[]) => {
  const asked: string[] = []
  const confirm = stepper(async (question) => {
    asked.push(question)
    return answers.shift() ?? 'unexpected question'
  })
  return { confirm, asked }
}

test('yes runs a task, no skips it', async () => {
  const { confirm, asked } = person('y', 'No')
  assert.is(await confirm(taskRef('m1', 'restart', { role: 'handler' })), true)
  assert.is(await confirm(taskRef('m1', 'next')), false)
  assert.equal(asked[0], 'm1: restart (handler)  run it? [y]es, [n]o, [c]ontinue')
})

test('continue runs the task and all later ones without questions', async () => {
  const { confirm, asked } = person('c')
  assert.is(await confirm(taskRef('m1', 'one')), true)
  assert.is(await confirm(taskRef('m1', 'two')), true)
  assert.is(asked.length, 1)
})

test('an invalid answer repeats the question; Enter alone runs nothing', async () => {
  const { confirm, asked } = person('', 'what?', 'n')
  assert.is(await confirm(taskRef('m1', 'one')), false)
  assert.is(asked.length, 3)
})

test('continue also applies to a task that is waiting for its question', async () => {
  const { confirm, asked } = person('c', 'n')
  const both = await Promise.all([confirm(taskRef('m1', 'one')), confirm(taskRef('m1', 'two'))])
  assert.equal(both, [true, true])
  assert.is(asked.length, 1)
})
