import * as assert from 'uvu/assert'
import { z } from 'zod'
import type { Script } from '../../../engine/connection/scripted.ts'
import { given } from '../../../engine/dsl/given.ts'
import { defineRole } from '../../../engine/dsl/role.ts'
import { block, flushHandlers } from '../../../engine/dsl/step.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { defineTask } from '../../../engine/dsl/task.ts'
import { ok } from '../../../engine/dsl/verdict.ts'
import { Secret } from '../../../engine/secret.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { run, say, touch, usual } from '../site.ts'

const test = suite('roles')

const os = defineTask({
  name: 'os',
  description: 'Reads the system.',
  params: z.object({}),
  fixed: true,
  check: async ({ remote }) => ok(await remote.query`os`.text()),
})

/** A role whose steps are known before anything connects. */
const site = defineRole({
  name: 'site',
  description: 'Serves a site.',
  params: z.object({ name: z.string(), port: z.number().default(80) }),
  tasks: ({ name, port }) => [
    touch({ path: `/${name}` }, { notify: 'reload' }),
    say({ text: `port ${port}` }),
  ],
  handlers: ({ name }) => ({ reload: say({ text: `reload ${name}` }) }),
})
/** A role whose steps depend on its host. */
const server = defineRole({
  name: 'server',
  description: 'Runs a server.',
  params: z.object({}),
  facts: { system: os({}) },
  tasks: (_, { system }) => [touch({ path: `/server-${system}` }, { notify: ['restart', 'tell'] })],
  handlers: (_, { system }) => ({ tell: say({ text: 'tell' }), restart: say({ text: `restart ${system}` }) }),
})
const host = (system: string): Script => ({ replies: [[/^os$/, system], ...(usual.replies ?? [])] })
const hosts = { a: host('debian') }

test('a role is a step: its tasks run in order, its handlers at the end', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [say({ text: '1' }), site({ name: 'x' }), server({}), say({ text: '2' })],
      }),
    ],
    { hosts },
  )
  assert.equal(story, [
    'a 1 changed',
    'a /x changed',
    'a port 80 changed',
    'a server: system ok',
    'a /server-debian changed',
    'a 2 changed',
    'a reload x changed',
    'a tell changed',
    'a restart debian changed',
  ])
})

test('handlers run once for the same parameters, and once for others; names do not clash with those of the play', async () => {
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          site({ name: 'x' }),
          site({ name: 'x', port: 80 }),
          site({ name: 'y' }),
          touch({ path: '/z' }, { notify: 'reload' }),
        ],
        handlers: () => ({ reload: say({ text: 'reload of the play' }) }),
      }),
    ],
    { hosts },
  )
  assert.equal(
    story.filter((line) => line.includes('reload')),
    ['a reload of the play changed', 'a reload x changed', 'a reload y changed'],
  )
  assert.equal(
    ends.flatMap(({ task }) => task.handler ?? []),
    ['reload', 'site 9b6e6d: reload', 'site 6cb00e: reload'],
  )
})

test('options of a role hold for its tasks, with a condition, on a role with facts too', async () => {
  const { story, ends } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          site({ name: 'x' }, { when: () => false }),
          server({}, { when: () => false }),
          server({}, { become: 'app', tags: 's' }),
          flushHandlers(),
          server({}),
        ],
      }),
    ],
    { hosts },
  )
  assert.equal(story, [
    'a /x skipped',
    'a port 80 skipped',
    'a server: system skipped',
    'a server: system (2) ok',
    'a /server-debian changed',
    'a tell changed',
    'a restart debian changed',
    'a server: system (3) ok',
    'a /server-debian ok',
  ])
  assert.is(ends.length, story.length)
})

test('a role inside steps that are made from values', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [given({ name: os({}) }, ({ name }) => [site({ name }), server({})])],
      }),
    ],
    { hosts },
  )
  assert.equal(story.slice(-3), ['a reload debian changed', 'a tell changed', 'a restart debian changed'])
})

test('under --check, handlers of a role are predicted', async () => {
  const { story } = await run((play) => [play('p', { hosts: 'all', tasks: () => [server({})] })], {
    hosts,
    checkMode: true,
  })
  assert.equal(story, [
    'a server: system ok',
    'a /server-debian would change',
    'a tell would change',
    'a restart debian would change',
  ])
})

test('a handler of a role that is due from an earlier run runs, also where the role has facts', async () => {
  const files = { '/x': '', '/server-debian': '' }
  const { story } = await run(
    (play) => [play('p', { hosts: 'all', tasks: () => [site({ name: 'x' }), server({})] })],
    {
      hosts: { a: { ...host('debian'), files } },
      options: { due: () => ['site: reload', 'server: restart'] },
    },
  )
  assert.equal(story.slice(-2), ['a reload x changed', 'a restart debian changed'])
})

test('bad parameters, names and handlers are refused before anything runs', async () => {
  const text: unknown = 'not a number'
  await rejects(() => site.from({ name: 'x', port: text }), 'params-invalid', 'role site: port')
  await rejects(() => site.from({ nam: 'x' }), 'params-invalid', 'role site has no parameter nam')
  const wrong = (spec: object) => () =>
    Reflect.apply(defineRole, undefined, [
      { name: 'r', description: '', params: z.object({}), tasks: () => [], ...spec },
    ])
  await rejects(wrong({ name: 'Not valid' }), 'playbook-invalid', 'the name of a role is "Not valid"')
  await rejects(wrong({ handler: () => ({}) }), 'playbook-invalid', 'unknown option handler')
  const planned = (spec: object) => () => {
    const role = wrong(spec)()
    return run((play) => [play('p', { hosts: 'all', tasks: () => [role({})] })], { hosts })
  }
  await rejects(
    planned({ tasks: () => [touch] }),
    'playbook-invalid',
    'play "p": role r: tasks(…) does not return a list of tasks',
  )
  await rejects(
    planned({ tasks: () => [touch({ path: '/' }, { notify: 'x' })] }),
    'playbook-invalid',
    'play "p": role r: no handler is named "x"',
  )
  await rejects(
    planned({ handlers: () => ({ x: touch }) }),
    'playbook-invalid',
    'play "p": role r: the handler x is not a task',
  )
})

test('handlers use the newest values, and each set of secrets has its own', async () => {
  let name = 'old'
  const live = defineTask({
    name: 'live',
    description: 'Reads a name.',
    params: z.object({}),
    check: async ({ remote }) => ok(await remote.query`live`.text()),
  })
  const conf = defineRole({
    name: 'conf',
    description: 'Writes a name.',
    params: z.object({ word: z.custom<Secret>() }),
    facts: { own: live({}) },
    tasks: ({ word }, { own }) => [touch({ path: `/${own}-${word.reveal().length}` }, { notify: 'tell' })],
    handlers: ({ word }, { own }) => ({ tell: say({ text: `tell ${own} ${word.reveal().length}` }) }),
  })
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'all',
        tasks: () => [
          say({ text: 'change' }),
          conf({ word: new Secret('one-word') }),
          conf({ word: new Secret('other-word') }),
        ],
      }),
    ],
    {
      hosts: {
        a: {
          replies: [
            [/^live$/, () => name],
            [/^say change$/, () => ((name = 'new'), '')],
            [/^say /, ''],
          ],
        },
      },
    },
  )
  assert.equal(story.slice(-2), ['a tell new 8 changed', 'a tell new 10 changed'])
})

test('two roles of one name are refused, also where one is made from values', async () => {
  const other = defineRole({
    name: 'site',
    description: 'Is another role.',
    params: z.object({}),
    tasks: () => [touch({ path: '/other' }, { notify: 'reload' })],
    handlers: () => ({ reload: say({ text: 'reload other' }) }),
  })
  const withFacts = defineRole({
    name: 'site',
    description: 'Is one with facts.',
    params: z.object({}),
    facts: { system: os({}) },
    tasks: () => [],
  })
  const message = 'play "p": two roles are named site'
  const lists = [() => [site({ name: 'x' }), other()], () => [withFacts(), site({ name: 'x' })]]
  for (const tasks of lists)
    await rejects(
      () => run((play) => [play('p', { hosts: 'all', tasks })], { hosts }),
      'playbook-invalid',
      message,
    )
  const made = (...steps: readonly Step[]) => given({ system: os({}) }, () => steps)
  const later = [
    () => [made(site({ name: 'x' })), other()],
    () => [other(), made(block([made(site({ name: 'x' }))]))],
    () => [made(other()), made(site({ name: 'x' }))],
  ]
  for (const tasks of later) {
    const { ends, exit } = await run((play) => [play('p', { hosts: 'all', tasks })], { hosts })
    const { error } = ends.find(({ outcome }) => outcome === 'failed') ?? {}
    assert.is(error?.message, message)
    assert.match(error?.place?.file ?? '', 'roles.test.ts')
    assert.is(exit, 2)
  }
})

test('a role that differs in users or secrets alone keeps its handlers, also where it is made from values', async () => {
  const job = defineRole({
    name: 'job',
    description: 'Does a job.',
    params: z.object({ token: z.custom<Secret>() }),
    tasks: () => [say({ text: 'job' }, { notify: 'report' })],
    handlers: () => ({ report: say({ text: 'report' }) }),
  })
  const made = (step: Step) => given({ system: os({}) }, () => [step])
  const [first, second] = [{ token: new Secret('first-token') }, { token: new Secret('second-token') }]
  const tasks = () => [
    made(job(first)),
    made(job(first, { env: { A: '2' } })),
    job(second),
    // the same as the one before: its handler runs once
    made(job(second)),
  ]
  const replies: Script['replies'] = [
    [/^os$/, 'debian'],
    [/say /, ''],
  ]
  const { ends } = await run((play) => [play('p', { hosts: 'all', tasks })], { hosts: { a: { replies } } })
  const names = ends.flatMap(({ task }) => (task.handler === undefined ? [] : [task.handler]))
  assert.is(names.length, 3)
  assert.is(new Set(names).size, 3)
})

test('a role in another order keeps the names of its handlers', async () => {
  const namesOf = async (...names: string[]) => {
    const { ends } = await run(
      (play) => [play('p', { hosts: 'all', tasks: () => names.map((name) => site({ name })) })],
      { hosts },
    )
    return ends
      .flatMap(({ task }) => (task.handler === undefined ? [] : [`${task.handler} ${task.title}`]))
      .toSorted()
  }
  assert.equal(await namesOf('x', 'y'), await namesOf('y', 'x'))
})
