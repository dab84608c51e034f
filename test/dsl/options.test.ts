import * as assert from 'uvu/assert'
import { z } from 'zod'
import { playbook } from '../../engine/dsl/playbook.ts'
import { background, block, parallel } from '../../engine/dsl/step.ts'
import { isCoxswainError } from '../../engine/errors.ts'
import { suite } from '../support/spec.ts'
import { run, say, touch } from '../run/site.ts'

const test = suite('options are checked at run time')

const refused = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (isCoxswainError(error) && error.code === 'playbook-invalid') return `${error.message}; ${error.hint}`
    throw error
  }
  return 'not refused'
}

const ofTask: readonly (readonly [object, string])[] = [
  [{ wehn: () => true }, 'task say: unknown option wehn; did you mean when?'],
  [{ toString: 1 }, 'task say: unknown option toString; options: '],
  [{ oncePer: 'host' }, 'task say: oncePer is "host"; it is one of run, batch'],
  [{ throttle: 0 }, 'task say: throttle is 0; it is an integer from 1'],
  [{ throttle: '2' }, 'task say: throttle is "2"; it is an integer from 1'],
  [{ timeout: '5' }, 'task say: timeout is "5"; it is a number of seconds'],
  [{ timeout: 0 }, 'task say: timeout is 0;'],
  [{ ignoreErrors: 'no' }, 'task say: ignoreErrors is "no"; it is true or false'],
  [{ retry: { attempts: 2, delays: 3 } }, 'task say: retry: unknown option delays; did you mean delay?'],
  [{ retry: { attempts: 2, until: true } }, 'task say: retry: until is true;'],
  [{ retry: 3 }, 'task say: retry is 3; write retry: {'],
  [{ on: 5 }, 'task say: on is 5; it is a pattern of hosts'],
  [{ notify: [5] }, 'task say: notify is [5]; it is the name of a handler, a handler, or a list of them'],
  [{ env: { A: 5 } }, 'task say: env is {"A":5}; it maps names to text'],
]
for (const [options, message] of ofTask) {
  test(`task ${JSON.stringify(options)}`, () => {
    assert.match(
      refused(() => say({ text: 'x' }, options)),
      message,
    )
  })
}

const ofPlay: readonly (readonly [object, string])[] = [
  [{ maxFailPercent: 3 }, 'play "p": unknown option maxFailPercent; did you mean maxFailPercentage?'],
  [{ maxFailPercentage: '30' }, 'play "p": maxFailPercentage is "30"; it is a percentage'],
  [{ strategy: 'linaer' }, 'play "p": strategy is "linaer"; it is one of free, linear'],
  [{ anyErrorsFatal: 'no' }, 'play "p": anyErrorsFatal is "no"; it is true or false'],
  [{ hosts: ['a'] }, 'play "p": hosts is ["a"]; it is a pattern of hosts'],
]
for (const [options, message] of ofPlay) {
  test(`play ${JSON.stringify(options)}`, () => {
    const make = () =>
      playbook({
        name: 'test',
        vars: z.unknown(),
        plays: ({ play }) => [play('p', { hosts: 'all', tasks: () => [], ...options })],
      })
    assert.match(refused(make), message)
  })
}

test('what a playbook or play must have, and does not, is named', () => {
  const complete = { name: 'p', vars: z.object({}), plays: () => [] }
  for (const [key, hint] of [
    ['name', 'it is text'],
    ['vars', 'z.object({}) for none'],
    ['plays', 'write plays:'],
  ] as const) {
    const spec = { ...complete, [key]: undefined }
    // as JavaScript does it
    assert.match(
      refused(() => Reflect.apply(playbook, undefined, [spec])),
      `: ${key} is missing; `,
    )
    assert.match(
      refused(() => Reflect.apply(playbook, undefined, [spec])),
      hint,
    )
  }
  const playWithout = (key: string) => () =>
    playbook({
      ...complete,
      plays: ({ play }) => [
        Reflect.apply(play, undefined, ['q', { hosts: 'all', tasks: () => [], [key]: undefined }]),
      ],
    })
  assert.match(refused(playWithout('hosts')), 'play "q": hosts is missing; it is a pattern of hosts')
  assert.match(refused(playWithout('tasks')), 'play "q": tasks is missing; ')
})

test('anything but a step is refused in every list, with a hint', () => {
  const inBlock = (...steps: unknown[]): string =>
    // @ts-expect-error -- not a step
    refused(() => block(steps))
  assert.match(
    inBlock(say({ text: 'x' }), touch),
    'block(…) takes a list of tasks and other steps: item 2 of 2 is touch, which is not called; a task takes',
  )
  assert.match(inBlock(false), 'item 1 of 1 is false; give a list')
  assert.match(inBlock(false), 'for an optional step, use a spread')
  assert.match(
    inBlock([say({ text: 'x' })]),
    'item 1 of 1 is a list; put its steps into the list, with a spread',
  )
  assert.match(inBlock({ name: 'say' }), 'item 1 of 1 is an object that is not a task;')
  // @ts-expect-error -- no steps
  const inRescue = refused(() => block([], { rescue: [undefined] }))
  assert.match(inRescue, 'block(…) takes a list')
  // @ts-expect-error -- no list
  const noList = refused(() => parallel(touch({ path: '/x' })))
  assert.match(noList, 'parallel(…) takes a list')
  // @ts-expect-error -- a task that was not called
  const notCalled = refused(() => background(touch))
  assert.match(notCalled, 'write sysctl({ … }), not sysctl')
})

test('a handler is a task', async () => {
  let message = ''
  try {
    // @ts-expect-error -- a task that was not called
    await run((play) => [play('p', { hosts: 'all', tasks: () => [], handlers: () => ({ restart: touch }) })])
  } catch (error) {
    message = String(error)
  }
  assert.match(message, 'play "p": the handler restart is not a task')
})
