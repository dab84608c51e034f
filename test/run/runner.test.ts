import { once as heard } from 'node:events'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { scripted } from '../../engine/connection/scripted.ts'
import type { Script, ScriptedConnection } from '../../engine/connection/scripted.ts'
import type { Connection } from '../../engine/connection/types.ts'
import type { PlayMaker } from '../../engine/dsl/play.ts'
import { except, pick } from '../../engine/dsl/select.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import type { Task, TaskOptions } from '../../engine/dsl/types.ts'
import { drift, ok, pending, unknown } from '../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { Secret } from '../../engine/secret.ts'
import { rejects } from '../support/rejects.ts'
import type { Step } from '../../engine/dsl/step.ts'
import { suite } from '../support/spec.ts'
import { dead, fails, losing, run, say, sent, touch, usual } from './site.ts'
import type { Site } from './site.ts'

const test = suite('runner')

test('each host runs its tasks in order', async () => {
  const { story, exit } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [touch({ path: '/1' }), say({ text: 'hi' }), touch({ path: '/1' })],
    }),
  ])
  assert.equal(story, ['a /1 changed', 'a hi changed', 'a /1 ok'])
  assert.is(exit, 0)
})

test('--check predicts and changes nothing', async () => {
  const { story, connections, wouldChange } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [touch({ path: '/1' }), say({ text: 'hi' })] })],
    { checkMode: true },
  )
  assert.equal(story, ['a /1 would change', 'a hi would change'])
  assert.equal(sent(connections['a']), [])
  assert.is(wouldChange, true)
})

test('a failed host stops, the others finish, and no later play starts', async () => {
  const { story, exit, events } = await run((play) => [
    play('p', {
      hosts: 'web',
      tasks: ({ host }) => [host.name === 'b' ? fails() : say({ text: 'hi' }), say({ text: 'then' })],
    }),
    play('later', { hosts: 'web', tasks: () => [say({ text: 'later' })] }),
  ])
  assert.equal(story.toSorted(), [
    'a hi changed',
    'a then changed',
    'b fail failed',
    'c hi changed',
    'c then changed',
  ])
  assert.is(exit, 2)
  const [end] = events.flatMap((event) => (event.type === 'run-end' ? [event] : []))
  assert.equal(end?.notRun, ['later'])
})

test('a failed or unreachable host stops a rolling update', async () => {
  const rolling = (hosts: Site['hosts']) =>
    run(
      (play) => [play('p', { hosts: 'web', serial: 1, tasks: () => [touch({ path: '/1' })] })],
      hosts === undefined ? {} : { hosts },
    )
  const { story, exit } = await rolling({ a: usual, b: dead, c: usual })
  assert.equal(story, ['a /1 changed', 'b /1 unreachable'])
  assert.is(exit, 4)
  const healthy = await rolling(undefined)
  assert.equal(healthy.story, ['a /1 changed', 'b /1 changed', 'c /1 changed'])
})

test('handlers run once at the end of the play, only where something changed', async () => {
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: () => [
          touch({ path: '/1' }, { notify: 'reload' }),
          touch({ path: '/2' }, { notify: ['reload'] }),
          say({ text: 'last' }),
        ],
        handlers: () => ({ reload: say({ text: 'reload' }), other: say({ text: 'other' }) }),
      }),
    ],
    { hosts: { a: usual, b: { ...usual, files: { '/1': 'x', '/2': 'x' } } } },
  )
  assert.equal(
    story.filter((line) => line.includes('reload')),
    ['a reload changed'],
  )
  assert.is(
    story.some((line) => line.includes('other')),
    false,
  )
})

test('a missing handler is an error before anything connects', async () => {
  const error = await rejects(
    () =>
      run((play) => [
        play('p', {
          hosts: 'web',
          // as from JavaScript: the compiler would refuse it
          tasks: (): Step[] => [touch({ path: '/1' }, { notify: 'relaod' })],
          handlers: () => ({ reload: fails() }),
        }),
      ]),
    'playbook-invalid',
    'no handler is named "relaod"',
  )
  assert.match(error.hint, 'did you mean "reload"?')
})

test('when can use facts, and a skipped task is reported', async () => {
  const when: TaskOptions['when'] = async ({ remote }) => remote.exists('/there')
  const { story, ends } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [say({ text: 'hi' }, { when }), touch({ path: '/there' }), say({ text: 'ho' }, { when })],
    }),
  ])
  assert.equal(story, ['a hi skipped', 'a /there changed', 'a ho changed'])
  assert.is(ends[0]?.why, 'its condition is false')
})

test('a task that still differs after its apply has not converged', async () => {
  const stubborn = defineTask({
    name: 'stubborn',
    description: '',
    params: z.object({}),
    check: () => drift('it'),
    apply: async () => {},
  })
  const { ends } = await run((play) => [play('p', { hosts: 'a', tasks: () => [stubborn()] })])
  assert.is(ends[0]?.error?.code, 'not-converged')
  assert.match(ends[0]?.error?.message ?? '', 'its check still finds: it')
})

test('unknown is reported under --check, and applied without it', async () => {
  let known = false
  const task = defineTask({
    name: 'late',
    description: '',
    params: z.object({}),
    check: () => (known ? ok() : unknown('not there yet')),
    apply: async () => {
      known = true
    },
  })
  const check = await run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })], { checkMode: true })
  assert.equal([check.ends[0]?.outcome, check.ends[0]?.why], ['unknown', 'not there yet'])
  assert.equal((await run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })])).story, [
    'a late changed',
  ])
})

test('the outcome of an unknown check is that of apply: ok or changed', async () => {
  const found = { nothing: ok(), something: drift({ what: 'lists', from: '1', to: '2' }), silence: undefined }
  const outcomes = async (
    said: unknown,
    check: () => ReturnType<typeof unknown> | ReturnType<typeof drift>,
  ) => {
    let known = false
    const task = defineTask({
      name: 'late',
      description: '',
      params: z.object({}),
      check: () => (known ? ok() : check()),
      apply: async () => {
        known = true
        return said
      },
    })
    const { ends } = await run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })])
    return [ends[0]?.outcome, ends[0]?.changes.map(({ what }) => what)]
  }
  const isUnknown = () => unknown('not there yet')
  assert.equal(await outcomes(found.nothing, isUnknown), ['ok', []])
  assert.equal(await outcomes(found.something, isUnknown), ['changed', ['lists']])
  assert.equal(await outcomes(found.silence, isUnknown), ['changed', []])
  // a verdict of the check other than unknown counts
  assert.equal(await outcomes(found.nothing, () => drift('it')), ['changed', ['it']])
})

test('a check that fails because of a predicted change is unknown; before that, it is a failure', async () => {
  const needs = defineTask({
    name: 'needs',
    description: '',
    params: z.object({}),
    check: async ({ remote }) => ok(await remote.query`tool --version`.text()),
  })
  const hosts = { a: { replies: [['tool --version', { code: 127 }]] } } satisfies Site['hosts']
  const after = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [touch({ path: '/1' }), needs()] })],
    { hosts, checkMode: true },
  )
  assert.equal(after.story, ['a /1 would change', 'a needs unknown'])
  assert.match(after.ends[1]?.why ?? '', 'depends on a change that --check did not make')
  const first = await run((play) => [play('p', { hosts: 'a', tasks: () => [needs()] })], {
    hosts,
    checkMode: true,
  })
  assert.equal(first.story, ['a needs failed'])
})

test('a wait repeats its check, changes nothing, and times out', async () => {
  const waiting = (after: number, timeout: number) => {
    let asked = 0
    return defineTask({
      name: 'wait',
      description: '',
      params: z.object({}),
      until: () => ({ timeout, every: 0.001 }),
      check: () => ((asked += 1) > after ? ok() : drift('not yet')),
    })()
  }
  assert.equal((await run((play) => [play('p', { hosts: 'a', tasks: () => [waiting(3, 10)] })])).story, [
    'a wait ok',
  ])
  const never = await run((play) => [play('p', { hosts: 'a', tasks: () => [waiting(1e9, 0.01)] })])
  assert.is(never.ends[0]?.error?.code, 'wait-timeout')
  const check = await run((play) => [play('p', { hosts: 'a', tasks: () => [waiting(1, 10)] })], {
    checkMode: true,
  })
  assert.is(check.ends[0]?.why, 'would wait: not yet')
})

test('the engine waits while a check is pending, after an apply and without one; that is not a change, and unknown under --check', async () => {
  let looks = 0
  const start = defineTask({
    name: 'start',
    description: 'Starts what takes its time.',
    params: z.object({}),
    until: () => ({ timeout: 5, every: 0.001 }),
    async check({ remote }) {
      if (!(await remote.exists('/started'))) return drift('not started')
      looks += 1
      // a failure that disappears once the wait has begun
      if (looks === 3) await remote.query`fail`
      return looks > 4 ? ok() : pending(`look ${looks}`)
    },
    apply: ({ remote }) => remote.write('/started', 'x'),
  })
  const plays = (play: PlayMaker<Record<string, unknown>>) => [
    play('p', { hosts: 'a', tasks: () => [start()] }),
  ]
  const replies: Script['replies'] = [['fail', { code: 1, stderr: 'just now' }]]
  const first = await run(plays, { hosts: { a: { replies } } })
  assert.equal(first.story, ['a start changed'])
  const waits = first.events.flatMap((event) =>
    event.type === 'task-progress' && event.what === 'waiting' ? [event.why] : [],
  )
  assert.equal(waits, ['look 2', 'just now', 'look 4'])
  const begun: Script = { files: { '/started': 'x' }, replies }
  looks = 0
  assert.equal((await run(plays, { hosts: { a: begun }, checkMode: true })).story, ['a start unknown'])
  looks = 0
  const again = await run(plays, { hosts: { a: begun } })
  assert.equal(again.story, ['a start ok'])
  assert.equal(
    again.events.filter((event) => event.type === 'task-progress' && event.what === 'applying'),
    [],
  )
})

test('after a lost connection, the task is checked, and applied again only if needed', async () => {
  const play = (maker: PlayMaker<Record<string, unknown>>) => [
    maker('p', { hosts: 'a', tasks: () => [touch({ path: '/1' })] }),
  ]
  for (const effective of [true, false]) {
    const connection = losing(effective)
    const { story } = await run(play, { hosts: { a: connection } })
    assert.equal(story, ['a /1 changed'])
    assert.is(connection.log.filter(({ purpose }) => purpose === 'run').length, 1)
  }
})

test('a connection that is lost during the first check is reopened', async () => {
  const inner = scripted({ files: { '/1': 'x' } })
  let lost = false
  const connection: Connection = {
    ...inner,
    execute: async (request) => {
      if (lost) return inner.execute(request)
      lost = true
      throw new CoxswainError('connection-lost', 'cut')
    },
  }
  const { story, exit } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [touch({ path: '/1' })] })],
    {
      hosts: { a: connection },
    },
  )
  assert.equal(story, ['a /1 ok'])
  assert.is(exit, 0)
})

test('after a lost connection, an apply that returns ok is still reported as changed', async () => {
  const task = defineTask({
    name: 'late',
    description: '',
    params: z.object({}),
    check: async ({ remote }) => ((await remote.exists('/read')) ? ok() : unknown('not read yet')),
    apply: async ({ remote }) => {
      const had = await remote.exists('/1')
      if (!had) await remote.write('/1', 'x')
      await remote.write('/read', 'x')
      return had ? ok() : drift('/1')
    },
  })
  const connection = losing(true, {})
  const { story } = await run((play) => [play('p', { hosts: 'a', tasks: () => [task()] })], {
    hosts: { a: connection },
  })
  assert.equal(story, ['a late changed'])
})

test('only the check is repeated after an apply, not the condition', async () => {
  const half = (write: string, connection: Script | ScriptedConnection) => {
    const task = defineTask({
      name: 'half',
      description: '',
      params: z.object({}),
      check: async ({ remote }) => ((await remote.exists('/good')) ? ok() : drift('good')),
      apply: ({ remote }) => remote.write(write, 'x'),
    })({}, { when: async ({ remote }) => !(await remote.exists('/half')) })
    return run((play) => [play('p', { hosts: 'a', tasks: () => [task] })], { hosts: { a: connection } })
  }
  const wrong = await half('/half', {})
  assert.is(wrong.ends[0]?.error?.code, 'not-converged')
  // lost after it took effect: the check finds it, and it is not applied again
  const connection = losing(true, {})
  assert.equal((await half('/good', connection)).story, ['a half changed'])
  assert.is(connection.log.filter(({ purpose }) => purpose === 'run').length, 1)
})

test('a connection lost during a task without a check is an unknown outcome, and is not retried', async () => {
  const connection = losing(true)
  const { ends, exit } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [say({ text: 'hi' })] })],
    { hosts: { a: connection } },
  )
  assert.is(ends[0]?.error?.code, 'outcome-unknown')
  assert.is(exit, 2)
  assert.equal(connection.commands(), ['say hi'])
})

test('a connection lost during a task with only a guard is an unknown outcome', async () => {
  const task = defineTask({
    name: 'half',
    description: '',
    params: z.object({}),
    guards: () => true,
    check: async ({ remote }) => ((await remote.exists('/made')) ? ok() : drift('made')),
    apply: ({ remote }) => remote.write('/made', 'x'),
  })
  const { ends, exit } = await run((play) => [play('p', { hosts: 'a', tasks: () => [task({})] })], {
    hosts: { a: losing(true, {}) },
  })
  assert.is(ends[0]?.error?.code, 'outcome-unknown')
  assert.match(ends[0]?.error?.message ?? '', 'its guard cannot tell')
  assert.is(exit, 2)
})

test('a pick is the first host for which its probe is ok, and stays; except selects the others', async () => {
  const probe = touch({ path: '/alive' })
  const leader = pick('leader', { hosts: 'web', prefer: [probe], become: false })
  const plays = (play: PlayMaker<Record<string, unknown>>) => [
    play('one', { hosts: leader, tasks: () => [touch({ path: '/led' })] }),
    play('others', { hosts: except('web', leader), tasks: () => [touch({ path: '/alive' })] }),
    play('again', { hosts: leader, tasks: () => [touch({ path: '/led' })] }),
  ]
  const { story } = await run(plays, {
    hosts: { a: usual, b: { ...usual, files: { '/alive': 'x' } }, c: usual },
  })
  assert.equal(story, ['b /led changed', 'a /alive changed', 'c /alive changed', 'b /led ok'])
  assert.is((await run(plays)).story[0], 'a /led changed')
})

test('if an unreachable host may be the right one, no other is picked', async () => {
  const marked = pick('marked', { hosts: 'web', prefer: [touch({ path: '/mark' })], become: false })
  const gone: Connection = {
    ...scripted({}),
    execute: async () => {
      throw new CoxswainError('connect-failed', 'no answer')
    },
  }
  const plays = (play: PlayMaker<Record<string, unknown>>) => [
    play('p', { hosts: marked, tasks: () => [say({ text: 'init' })] }),
  ]
  const doubt = await run(plays, { hosts: { a: usual, b: gone, c: usual } })
  assert.equal(doubt.story, [])
  assert.is(doubt.exit, 4)
  const end = doubt.events.at(-1)
  assert.is(end?.type === 'run-end' ? end.stopped?.host : '', 'b')
  // one host with ok is enough
  const found = await run(plays, { hosts: { a: gone, b: { ...usual, files: { '/mark': 'x' } } } })
  assert.equal(found.story, ['b init changed'])
})

test('on uses another host, once makes one value for all, and several hosts are refused', async () => {
  let made = 0
  const task = defineTask({
    name: 'share',
    description: '',
    params: z.object({ from: z.string() }),
    check: async ({ on, remote }, { from }) =>
      (await (await on(from)).remote.read('/source')) === (await remote.read('/copy')) ? ok() : drift('copy'),
    apply: async ({ on, once, remote }, { from }) => {
      await once('key', async () => (made += 1))
      await remote.write('/copy', (await (await on(from)).remote.read('/source')) ?? '')
    },
  })
  const hosts = { a: { ...usual, files: { '/source': 'text' } }, b: usual, c: usual }
  const { story } = await run((play) => [play('p', { hosts: 'b:c', tasks: () => [task({ from: 'a' })] })], {
    hosts,
  })
  assert.equal(story.toSorted(), ['b share changed', 'c share changed'])
  assert.is(made, 1)
  const many = await run((play) => [play('p', { hosts: 'b', tasks: () => [task({ from: 'web' })] })], {
    hosts,
  })
  assert.match(many.ends[0]?.error?.message ?? '', 'web names 3 hosts; one is needed')
})

test('a fact is read once, and again after a change on the host', async () => {
  const fact = defineTask({
    name: 'release',
    description: '',
    params: z.object({}),
    check: async ({ remote }) => ok(await remote.query`release`.text()),
  })
  const reader = (path: string) =>
    defineTask({
      name: 'reader',
      description: '',
      params: z.object({}),
      check: async (ctx) => {
        await ctx.fact(fact())
        return (await ctx.remote.exists(path)) ? ok() : drift(path)
      },
      apply: async ({ remote }) => remote.write(path, ''),
    })()
  const site: Site = { hosts: { a: { files: { '/1': '', '/2': '' }, replies: [['release', '12']] } } }
  const { connections } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [reader('/1'), reader('/2')] })],
    site,
  )
  assert.equal(sent(connections['a']), ['release'])
})

test('a fact that runs as a task shows its value', async () => {
  const release = defineTask({
    name: 'release',
    description: '',
    params: z.object({}),
    check: () => ok({ id: 'debian' }),
  })
  const { events } = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [release(), say({ text: 'x' })] }),
  ])
  const lines = events.flatMap((event) => (event.type === 'task-output' ? [event.line] : []))
  assert.equal(lines, ['{"id":"debian"}'])
})

test("a fact is read again when another host's task changed something there", async () => {
  let count = 0
  const counter = defineTask({
    name: 'counter',
    description: '',
    params: z.object({}),
    check: async ({ remote }) => ok(await remote.query`count`.text()),
  })
  const expects = (wanted: string) =>
    defineTask({
      name: `expects ${wanted}`,
      description: '',
      params: z.object({}),
      check: async ({ fact }) => ((await fact(counter())) === wanted ? ok() : drift('another count')),
    })()
  const add = defineTask({
    name: 'add',
    description: '',
    params: z.object({}),
    apply: async ({ on }) => {
      await (
        await on('b')
      ).remote.run`add`
    },
  })
  const b: Script = {
    replies: [
      ['count', () => String(count)],
      [
        'add',
        () => {
          count += 1
          return ''
        },
      ],
    ],
  }
  const { story } = await run(
    (play) => [
      play('1', { hosts: 'b', tasks: () => [expects('0')] }),
      play('2', { hosts: 'a', tasks: () => [add()] }),
      play('3', { hosts: 'b', tasks: () => [expects('1')] }),
    ],
    { hosts: { a: usual, b } },
  )
  assert.equal(story, ['b expects 0 ok', 'a add changed', 'b expects 1 ok'])
})

test('checks run ahead while nothing changes, and are never used after a change', async () => {
  const looks: string[] = []
  const counted = (path: string, by: string) =>
    defineTask({
      name: by,
      description: '',
      params: z.object({}),
      check: async ({ remote }) => {
        looks.push(by)
        return (await remote.exists(path)) ? ok() : drift(path)
      },
      apply: async ({ remote }) => remote.write(path, ''),
    })()
  // the second task sees the change of the first one, although it was checked before
  const { story } = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [counted('/1', 'first'), counted('/1', 'second')] }),
  ])
  assert.equal(story, ['a first changed', 'a second ok'])
  assert.ok(looks.filter((by) => by === 'second').length > 1)
})

test('an interrupt ends the run with a recap and 130', async () => {
  const controller = new AbortController()
  const task = defineTask({
    name: 'stop',
    description: '',
    params: z.object({}),
    apply: async () => controller.abort(),
  })
  const { exit, events, story } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [task(), say({ text: 'never' })] })],
    { signal: controller.signal },
  )
  assert.is(exit, 130)
  assert.equal(story, ['a stop changed'])
  const end = events.at(-1)
  assert.is(end?.type === 'run-end' ? end.stopped?.code : '', 'interrupted')
})

test('a task that times out, and a wait that is interrupted, report that', async () => {
  const controller = new AbortController()
  const asleep = (options?: TaskOptions) =>
    defineTask({
      name: 'asleep',
      description: '',
      params: z.object({}),
      async apply({ signal, log }) {
        log('asleep')
        await heard(signal, 'abort')
        throw signal.reason
      },
    })({}, options)
  const plays = (task: Task) => (play: PlayMaker<Record<string, unknown>>) => [
    play('p', { hosts: 'a', tasks: () => [task] }),
  ]
  const late = await run(plays(asleep({ timeout: 0.01 })))
  assert.is(late.ends[0]?.error?.code, 'command-timeout')
  assert.match(late.ends[0]?.error?.message ?? '', 'timed out after 0.01 s')
  assert.is(late.exit, 2)
  setImmediate(() => controller.abort())
  const stopped = await run(plays(asleep()), { signal: controller.signal })
  assert.is(stopped.ends[0]?.error?.code, 'interrupted')
  assert.is(stopped.exit, 130)
})

test('--limit leaves out hosts, and no remaining host is an error', async () => {
  const plays = (play: PlayMaker<Record<string, unknown>>) => [
    play('p', { hosts: 'web', tasks: ({ group }) => [say({ text: String(group('web').length) })] }),
  ]
  assert.equal((await run(plays, { limit: ['b'] })).story, ['b 3 changed'])
  await rejects(() => run(plays, { limit: [] }), 'no-hosts', 'no host is left')
})

test('no event contains a secret', async () => {
  const secret = new Secret('correct horse\nbattery staple of a secret')
  const leak = defineTask({
    name: 'leak',
    description: '',
    params: z.object({ it: z.custom<Secret>() }),
    title: ({ it }) => `title with ${it.reveal()}`,
    check: (_, { it }) => drift({ what: `what ${it.reveal()}`, from: it, to: it.reveal() }),
    apply: async ({ log, remote }, { it }) => {
      log(it.reveal())
      await remote.run({ stdin: it })`leak`
    },
  })
  const script: Script = { replies: [['leak', { code: 1, stderr: `said ${secret.reveal()}` }]] }
  const { events } = await run((play) => [play('p', { hosts: 'a', tasks: () => [leak({ it: secret })] })], {
    hosts: { a: script },
  })
  const text = JSON.stringify(events)
  for (const line of secret
    .reveal()
    .split('\n')
    .filter((part) => part.length >= 16))
    assert.not.match(text, line)
  assert.match(text, '********')
})

test('a pick without hosts selects no host: its play is empty, and a task that uses it fails', async () => {
  const none = pick('none', { hosts: 'web[1:]', prefer: [] })
  const { story, ends, events } = await run(
    (play) => [
      play('p', { hosts: 'web', tasks: () => [say({ text: 'x' }, { on: none })] }),
      play('q', { hosts: none, tasks: () => [say({ text: 'never' })] }),
    ],
    { hosts: { a: usual } },
  )
  assert.equal(story, ['a x failed'])
  assert.match(ends[0]?.error?.message ?? '', 'names no host')
  assert.ok(events.some(({ type }) => type === 'run-end'))
  const alone = await run((play) => [
    play('p', { hosts: 'a', tasks: () => [] }),
    play('q', {
      hosts: pick('none', { hosts: 'web[7:]', prefer: [] }),
      tasks: () => [say({ text: 'never' })],
    }),
  ])
  assert.equal(alone.story, [])
  assert.is(alone.exit, 0)
})

test("a failure has the task's place in the author's file", async () => {
  const { ends } = await run((play) => [play('p', { hosts: 'a', tasks: () => [fails()] })])
  // `fails` is made in the harness: the first frame outside of the engine
  assert.is(ends[0]?.error?.place?.file, 'test/run/site.ts')
  assert.type(ends[0]?.error?.place?.line, 'number')
  const thrown = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [
        say(
          { text: 'x' },
          {
            when: () => {
              throw new Error('no such thing')
            },
          },
        ),
      ],
    }),
  ])
  assert.is(thrown.ends[0]?.error?.place?.file, 'test/run/runner.test.ts')
})
