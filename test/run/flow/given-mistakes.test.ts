import * as assert from 'uvu/assert'
import { given } from '../../../engine/dsl/given.ts'
import { background, block, join, parallel } from '../../../engine/dsl/step.ts'
import type { Background, Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { on, onEach, orElse } from '../../../engine/dsl/value-source.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { run, say, touch } from '../site.ts'
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

test('a step that makes itself without end is an error at the line of the author', async () => {
  const again = (): Step => given({ os: kernel({}) }, () => [say({ text: 'once more' }), again()])
  const { ends, exit, story } = await run(
    playOf(() => [again(), say({ text: 'never' })]),
    { hosts: one },
  )
  const { error } = ends.find(({ outcome }) => outcome === 'failed') ?? {}
  assert.is(error?.message, 'play "p": steps made from values are nested more than 32 levels deep')
  assert.match(error?.place?.file ?? '', 'given-mistakes.test.ts')
  assert.match(error?.hint ?? '', 'makes itself')
  assert.is(exit, 2)
  assert.not.ok(story.some((line) => line.startsWith('a never')))
})

test('steps of which the order would be lost are refused, not mixed up', async () => {
  const many = (rest: readonly Step[]): Step[] => [
    ...Array.from({ length: 500 }, (_, index) => say({ text: String(index) }, { when: () => false })),
    ...rest,
  ]
  const deep = (left: number): Step =>
    given({ os: kernel({}) }, () => (left === 0 ? [] : many([deep(left - 1)])))
  const { ends } = await run(
    playOf(() => [deep(12)]),
    { hosts: one },
  )
  const { error } = ends.find(({ outcome }) => outcome === 'failed') ?? {}
  assert.match(error?.message ?? '', 'has too many steps for its depth')
})

test('a run whose steps need no answer of a host can be stopped', async () => {
  const stopping = new AbortController()
  const twice = (left: number): Step[] =>
    left === 0 ? [] : [0, 1].map(() => given({ os: kernel({}) }, () => twice(left - 1)))
  let begun = false
  const { story, exit } = await run(
    playOf(() => twice(12)),
    {
      hosts: one,
      options: { stopping: stopping.signal },
      // as a signal of the process would: it is seen when the event loop turns
      onEvent: ({ type }) => {
        if (begun || type !== 'task-end') return
        begun = true
        setImmediate(() => stopping.abort())
      },
    },
  )
  assert.ok(story.length < 8190)
  assert.is(exit, 130)
})

test('hosts of a value that the inventory does not have are found before anything runs, at the line of the author', async () => {
  const wrong: readonly (readonly [Parameters<typeof given>[0], string, string])[] = [
    [{ own: on('nohost', name({})) }, 'nohost does not match any host or group', ''],
    [{ own: orElse(onEach('nogroup', name({})), '') }, 'nogroup does not match any host or group', ''],
    [{ own: on('all', name({})) }, 'all names 2 hosts; one is needed here', 'such as a'],
    [{ own: on('all:!all', name({})) }, 'names no host; one is needed here', 'check the pattern'],
    [{ own: on('web[7]', name({})) }, 'web[7] is out of range', 'web has 2 hosts'],
  ]
  const hosts = { a: named('anna'), b: named('bert') }
  for (const [sources, message, hint] of wrong) {
    const step = () => given(sources, () => [])
    const inBlock = () => [touch({ path: '/before' }), block([step()], { when: () => false })]
    const error = await rejects(() => run(playOf(inBlock), { hosts }), 'pattern-invalid', message)
    assert.match(error.message, 'play "p": own from name on ')
    assert.match(error.place?.file ?? '', 'given-mistakes.test.ts')
    assert.match(error.hint, hint)
    // a step that is made from values is known at its turn alone
    const later = await run(
      playOf(() => [given({ os: kernel({}) }, () => [step()])]),
      { hosts },
    )
    const failed = later.ends.find(({ outcome }) => outcome === 'failed')
    assert.match(failed?.error?.message ?? '', message)
    assert.match(failed?.error?.place?.file ?? '', 'given-mistakes.test.ts')
  }
})

test('a handler that is made from values is refused, at its line, with the way to write it', async () => {
  const handlers = () => Object({ tell: given({ os: kernel({}) }, ({ os }) => [say({ text: os })]) })
  const error = await rejects(
    () => run((play) => [play('p', { hosts: 'all', tasks: () => [], handlers })], { hosts: one }),
    'playbook-invalid',
    'play "p": the handler tell is not a task',
  )
  assert.match(error.place?.file ?? '', 'given-mistakes.test.ts')
  assert.match(error.hint, 'a role, whose handlers get its facts')
})
