import * as assert from 'uvu/assert'
import { given } from '../../../engine/dsl/given.ts'
import { background, block, join, parallel } from '../../../engine/dsl/step.ts'
import type { Background, Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { suite } from '../../support/spec.ts'
import { run, say } from '../site.ts'
import { kernel, name, named, noParams, one, playOf } from '../values-site.ts'

const test = suite('mistakes in steps made from values')

/** A name that the compiler does not know. */
const unknownHandler: string = ['nothing'].join('')

test('a mistake of the author in what is made is an error at the line of the author, neither ignored nor rescued', async () => {
  const unknownText: unknown = 5
  const mistakes: readonly (readonly [(own: string) => readonly Step[], string])[] = [
    [(text) => [say({ text }, { notify: unknownHandler })], 'no handler is named "nothing"'],
    [() => [say.from({ text: unknownText })], 'text'],
    [() => [block([], Object({ resuce: [] }))], 'unknown option resuce'],
    [
      () => {
        throw new Error('oops')
      },
      'play "p": oops',
    ],
    [() => Reflect.apply(Object, undefined, [[say]]), 'item 1 of 1 is say, which is not called'],
    [() => [given({ os: kernel({}) }, () => [say.from({ txt: 'x' })])], 'has no parameter txt'],
  ]
  for (const [make, message] of mistakes) {
    const reads = given({ own: name({}) }, ({ own }) => make(own), { ignoreErrors: true })
    const tasks = () => [
      block([parallel([background(reads)])], {
        rescue: [say({ text: 'never' })],
        always: [say({ text: 'end' })],
      }),
      say({ text: 'never' }),
    ]
    const { story, ends, exit } = await run(playOf(tasks), { hosts: one })
    const { error } = ends.find(({ outcome }) => outcome === 'failed') ?? {}
    assert.match(error?.message ?? '', message)
    assert.match(error?.place?.file ?? '', 'given-mistakes.test.ts', message)
    assert.is(story.at(-1), 'a end changed')
    assert.not.ok(story.some((line) => line.startsWith('a never')))
    assert.is(exit, 2)
    const check = await run(playOf(tasks), { hosts: one, checkMode: true })
    assert.ok(check.story.some((line) => line.endsWith('failed')))
  }
})

test('a value that cannot be read can be ignored and rescued', async () => {
  const reads = (options = {}) => given({ lost: query(), own: name({}) }, () => [], options)
  const query = () =>
    defineTask({
      name: 'query',
      description: 'Reads nothing.',
      params: noParams,
      check: async ({ remote }) => ok(await remote.query`no-such-thing`.text()),
    })({})
  const { story } = await run(
    playOf(() => [
      reads({ ignoreErrors: true, title: 'ignored' }),
      block([reads()], { rescue: [say({ text: 'rescue' })] }),
    ]),
    { hosts: { a: named('anna', { replies: [[/^no-such-thing$/, { code: 127 }]] }) } },
  )
  assert.equal(story, ['a ignored ignored', 'a given lost, own rescued', 'a rescue changed'])
})

test('a function that does not return a list is an error that says what it returns', async () => {
  const returns: readonly (readonly [unknown, string])[] = [
    [undefined, 'it is undefined'],
    [Promise.resolve([]), 'it is a promise'],
    [[say({ text: 'x' }), undefined], 'item 2 of 2 is undefined'],
  ]
  for (const [value, words] of returns) {
    const step: Step = Reflect.apply(given, undefined, [{ own: name({}) }, () => value])
    const { ends } = await run(
      playOf(() => [step]),
      { hosts: one },
    )
    assert.match(
      ends[0]?.error?.message ?? '',
      `play "p": given(…) does not return a list of tasks: ${words}`,
    )
  }
})

test('a step that waits for the background step that it is in is an error, and does not wait for ever', async () => {
  const { ends } = await run(
    playOf(() => {
      const beside: Background = background(given({ os: kernel({}) }, () => [join(beside)]))
      return [beside]
    }),
    { hosts: one },
  )
  assert.match(ends[0]?.error?.message ?? '', 'join(…) of a background step that was not started')
})
