import * as assert from 'uvu/assert'
import { pause } from '../../../tasks/control/pause.ts'
import { run, usual } from '../../run/site.ts'
import type { Outcome, Site } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'

const test = suite('pause')

const paused = (params: Parameters<typeof pause>[0], site: Site = {}): Promise<Outcome> =>
  run((play) => [play('p', { hosts: 'a', tasks: () => [pause(params)] })], { hosts: { a: usual }, ...site })

test('it changes nothing, and sends nothing to the host', async () => {
  const { story, connections } = await paused({ seconds: 0 })
  assert.equal(story, ['a pause of 0 s ok'])
  const { a } = connections
  assert.ok(a !== undefined && 'log' in a)
  assert.equal(a.log, [])
})

test('a question names the host, and waits for the answer', async () => {
  const questions: string[] = []
  const ask = async (question: string): Promise<string> => {
    questions.push(question)
    return ''
  }
  const { story } = await paused({ prompt: 'look at the balancer' }, { options: { ask } })
  assert.equal(story, ['a look at the balancer ok'])
  assert.equal(questions, ['a: look at the balancer [Enter]'])
})

test('a question without a terminal fails with a clear message', async () => {
  const { story, ends } = await paused({ prompt: 'sure?' })
  assert.equal(story, ['a sure? failed'])
  assert.is(ends[0]?.error?.code, 'nobody-to-ask')
})

test('it is skipped under --check', async () => {
  const { story, ends } = await paused({ seconds: 3600 }, { checkMode: true })
  assert.equal(story, ['a pause of 3600 s skipped'])
  assert.is(ends[0]?.why, 'not run under --check')
})

test('an interrupt ends it', async () => {
  const cut = new AbortController()
  const { exit } = await paused(
    { seconds: 3600 },
    {
      signal: cut.signal,
      onEvent: (event) => {
        if (event.type === 'task-progress' || event.type === 'task-start') setImmediate(() => cut.abort())
      },
    },
  )
  assert.is(exit, 130)
})

test('it requires a time or a question', () => {
  assert.throws(() => pause({}), /give seconds, or prompt/)
  assert.throws(() => pause({ seconds: -1 }), /seconds/)
})
