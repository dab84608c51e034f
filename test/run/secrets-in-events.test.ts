/** No secret is shown by the runner and any reporter, wherever a task puts it. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { secret } from '../../engine/dsl/schema.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { drift, ok } from '../../engine/dsl/verdict.ts'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { Secret, mask } from '../../engine/secret.ts'
import { z } from 'zod'
import { suite } from '../support/spec.ts'
import { endings, printing, shownBy, taskThat } from './leaky.ts'
import { anyPlaces, anySecret, writings } from './secret-words.ts'
import { fails, run, say } from './site.ts'

const test = suite('secrets in events')

/** Everything in a value, as text. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

/** Text that is shown for any secret: the reporters' own text, and the code of the report page. */
const fixedText = async (ending: (typeof endings)[number]): Promise<string> => {
  const unlikely = 'Zq7-nowhere-else'
  const { events } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [taskThat(ending, { secret: unlikely, words: `<${unlikely}>` })],
      }),
    ],
    { hosts: { a: printing(`<${unlikely}>`, []) } },
  )
  return shownBy(events)
}

for (const ending of endings) {
  test(`no secret in any event or output of a task with ${ending}`, async () => {
    const own = await fixedText(ending)
    await fc.assert(
      fc.asyncProperty(
        anySecret,
        fc.constantFrom(...Object.keys(writings)),
        anyPlaces,
        fc.boolean(),
        async (text, writing, places, checkMode) => {
          const words = writings[writing]?.(text) ?? text
          const core = writings[writing]?.(text.trim()) ?? text
          // text that is always shown looks like a leaked secret
          fc.pre(!own.includes(text.trim()) && !own.includes(core))
          const { events } = await run(
            (play) => [
              play('p', {
                hosts: 'all',
                tasks: () => [taskThat(ending, { secret: text, words: `<${words}>` })],
              }),
            ],
            { hosts: { a: printing(`<${words}>`, places) }, checkMode },
          )
          assert.ok(events.some(({ type }) => type === 'task-end'))
          const shown = await shownBy(events)
          assert.match(shown, mask)
          for (const part of [...events.flatMap(textsIn), shown]) {
            assert.not.ok(part.includes(core), part)
            assert.not.ok(part.includes(text.trim()), part)
          }
        },
      ),
      { numRuns: 25 },
    )
  })
}

test('a secret of a later play, and of another host, is masked from the start', async () => {
  const text = 'Zq7-later-than-now'
  const { events } = await run(
    (play) => [
      play('first', { hosts: 'a', tasks: () => [say({ text: 'print' })] }),
      play('then', {
        hosts: 'b',
        tasks: () => [],
        handlers: () => ({ h: taskThat('change', { secret: text, words: '' }) }),
      }),
    ],
    { hosts: { a: printing(text, []), b: printing('', []) } },
  )
  assert.ok(events.some(({ type }) => type === 'task-output'))
  assert.not.match(await shownBy(events), text)
})

test('pain 16: secrets in loops over items are masked in every title, change and output', async () => {
  const done = new Set<string>()
  const setPassword = defineTask({
    name: 'set-password',
    description: 'Sets the password of a user.',
    params: z.object({ user: z.string(), password: secret(), item: z.unknown() }),
    title: ({ user, item }) => `password of ${user}: ${JSON.stringify(item)}`,
    check: (_, { user, password }) =>
      done.has(user) ? ok() : drift({ what: user, from: 'old', to: password.reveal() }),
    async apply({ remote, log }, { user, password, item }) {
      done.add(user)
      log(`item ${JSON.stringify(item)}`)
      await remote.run({ stdin: password })`chpasswd`
    },
  })
  const users = [
    { name: 'ann', password: 'first-of-all' },
    { name: 'bob', password: 'second-of-all' },
  ]
  const { events, story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => users.map((item) => setPassword({ user: item.name, password: item.password, item })),
      }),
    ],
    { hosts: { a: printing('set first-of-all and second-of-all', [7, 20]) } },
  )
  assert.is(story.length, 2)
  const shown = await shownBy(events)
  for (const { password } of users) assert.not.match(shown, password)
  assert.match(shown, `{"name":"ann","password":"${mask}"}`)
  assert.match(shown, `set ${mask} and ${mask}`)
})

test('secrets that are known before the run are masked from its first event on, also in names of plays', async () => {
  const redactor = new Redactor()
  redactor.learn(new Secret('hidden-name'))
  const { events } = await run(
    (play) => [
      play('of hidden-name', { hosts: 'a', tasks: () => [fails()] }),
      play('after hidden-name', { hosts: 'a', tasks: () => [] }),
    ],
    { redactor },
  )
  assert.not.match(JSON.stringify(events), 'hidden-name')
  const [start] = events
  assert.equal(start?.type === 'run-start' && start.plays, [`of ${mask}`, `after ${mask}`])
})
