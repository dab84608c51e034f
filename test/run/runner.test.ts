import { once as heard } from 'node:events'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { scripted } from '../../engine/connection/scripted.ts'
import type { Script, ScriptedConnection } from '../../engine/connection/scripted.ts'
import type { Connection, Request } from '../../engine/connection/types.ts'
import { playbook } from '../../engine/dsl/playbook.ts'
import type { Play, PlayMaker } from '../../engine/dsl/play.ts'
import { except, pick } from '../../engine/dsl/select.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import type { Task, TaskOptions } from '../../engine/dsl/task.ts'
import { drift, ok, pending, unknown } from '../../engine/dsl/verdict.ts'
import { CoxswainError } from '../../engine/errors.ts'
import { InventoryDraft } from '../../engine/inventory/draft.ts'
import { hostsOfGroup } from '../../engine/inventory/graph.ts'
import { matchHosts } from '../../engine/inventory/patterns.ts'
import type { RunEvent, TaskEnd } from '../../engine/run/events.ts'
import { makePlan } from '../../engine/run/plan.ts'
import { runPlan } from '../../engine/run/runner.ts'
import type { RunResult } from '../../engine/run/runner.ts'
import { Secret } from '../../engine/secret.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('runner')

/** A file that shall be there: the simplest task with a check and an apply. */
const touch = defineTask({
  name: 'touch',
  description: 'Holds a file.',
  params: z.object({ path: z.string() }),
  title: ({ path }) => path,
  async check({ remote }, { path }) {
    return (await remote.exists(path)) ? ok() : drift({ what: path, to: 'there' })
  },
  async apply({ remote }, { path }) {
    await remote.write(path, 'x')
  },
})
const say = defineTask({
  name: 'say',
  description: 'Runs a command every time.',
  params: z.object({ text: z.string() }),
  title: ({ text }) => text,
  async apply({ remote }, { text }) {
    await remote.run`say ${text}`
  },
})
const fails = (options?: TaskOptions) => say({ text: 'fail' }, options)

interface Site {
  readonly hosts?: Readonly<Record<string, Script | Connection>>
  readonly checkMode?: boolean
  readonly limit?: readonly string[]
  readonly signal?: AbortSignal
  readonly forks?: number
}

interface Outcome extends RunResult {
  readonly events: RunEvent[]
  /** `host task outcome` in the order in which the tasks ended. */
  readonly story: string[]
  readonly ends: TaskEnd[]
  readonly connections: Readonly<Record<string, Connection>>
}

const usual: Script = {
  replies: [
    [/^say fail$/, { code: 1, stderr: 'no' }],
    [/^say /, ''],
  ],
}
const isConnection = (given: Script | Connection): given is Connection => 'execute' in given

/** Runs plays on hosts of the imagination: `a`, `b`, `c` unless told, all in the group `web`. */
const run = async (
  plays: (play: PlayMaker<Record<string, unknown>>) => readonly Play<Record<string, unknown>>[],
  { hosts = { a: usual, b: usual, c: usual }, checkMode = false, limit, signal, forks = 10 }: Site = {},
): Promise<Outcome> => {
  const draft = new InventoryDraft()
  for (const name of Object.keys(hosts)) draft.host(name, 'web')
  const inventory = draft.finish()
  const connections = Object.fromEntries(
    Object.entries(hosts).map(([name, given]) => [name, isConnection(given) ? given : scripted(given)]),
  )
  const match = (pattern: string): string[] => matchHosts(inventory, pattern)
  const territory = {
    hosts: new Map(
      Object.keys(hosts).map((name) => [name, { name, groups: ['all', 'web'], address: name, vars: {} }]),
    ),
    match,
    group: (name: string) => hostsOfGroup(inventory, name),
    hasGroup: (name: string) => inventory.groups.has(name),
  }
  const book = playbook({
    name: 'test',
    vars: z.record(z.string(), z.unknown()),
    plays: ({ play }) => plays(play),
  })
  const events: RunEvent[] = []
  const fleet = {
    match,
    hosts: new Map(
      Object.entries(connections).map(([name, connection]) => [
        name,
        {
          name,
          groups: ['all', 'web'],
          address: name,
          become: false,
          becomePassword: undefined,
          connect: () => connection,
        },
      ]),
    ),
  }
  const result = await runPlan(makePlan(book, territory, limit), fleet, {
    checkMode,
    forks,
    signal: signal ?? new AbortController().signal,
    emit: (event) => events.push(event),
  })
  const ends = events.flatMap((event) => (event.type === 'task-end' ? [event] : []))
  return {
    ...result,
    events,
    ends,
    connections,
    story: ends.map(({ task, outcome }) => `${task.host} ${task.title} ${outcome}`),
  }
}

const sent = (connection: Connection | undefined): string[] =>
  connection !== undefined && 'commands' in connection ? (connection as ScriptedConnection).commands() : []

test('each host goes through its tasks in order', async () => {
  const { story, exit } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [touch({ path: '/1' }), say({ text: 'hi' }), touch({ path: '/1' })],
    }),
  ])
  assert.equal(story, ['a /1 changed', 'a hi changed', 'a /1 ok'])
  assert.is(exit, 0)
})

test('--check changes nothing and foretells', async () => {
  const { story, connections, wouldChange } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [touch({ path: '/1' }), say({ text: 'hi' })] })],
    { checkMode: true },
  )
  assert.equal(story, ['a /1 would change', 'a hi would change'])
  assert.equal(sent(connections['a']), [])
  assert.is(wouldChange, true)
})

test('a failed host stops, the others finish, and no later play is begun', async () => {
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

test('a rolling update is stopped by a failed host, and by an unreachable one', async () => {
  const dead: Connection = {
    description: 'dead',
    execute: async () => {
      throw new CoxswainError('connect-failed', 'nobody there')
    },
    close: async () => {},
  }
  const rolling = (hosts: Site['hosts']) =>
    run(
      (play) => [play('p', { hosts: 'web', serial: 1, tasks: () => [touch({ path: '/1' })] })],
      hosts === undefined ? {} : { hosts },
    )
  const { story, exit } = await rolling({ a: usual, b: dead, c: usual })
  assert.equal(story, ['a /1 changed', 'b /1 unreachable'])
  assert.is(exit, 4)
  const whole = await rolling(undefined)
  assert.equal(whole.story, ['a /1 changed', 'b /1 changed', 'c /1 changed'])
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

test('a handler that is not there is an error before anything connects', async () => {
  const error = await rejects(
    () =>
      run((play) => [
        play('p', {
          hosts: 'web',
          tasks: () => [touch({ path: '/1' }, { notify: 'relaod' })],
          handlers: () => ({ reload: fails() }),
        }),
      ]),
    'playbook-invalid',
    'no handler is named "relaod"',
  )
  assert.match(error.hint, 'did you mean "reload"?')
})

test('when decides on facts, and skipping is told', async () => {
  const when: TaskOptions['when'] = async ({ remote }) => remote.exists('/there')
  const { story, ends } = await run((play) => [
    play('p', {
      hosts: 'a',
      tasks: () => [say({ text: 'hi' }, { when }), touch({ path: '/there' }), say({ text: 'ho' }, { when })],
    }),
  ])
  assert.equal(story, ['a hi skipped', 'a /there changed', 'a ho changed'])
  assert.is(ends[0]?.why, 'its condition does not hold')
})

test('what was applied and still differs has failed to converge', async () => {
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

test('unknown is told under --check, and applied for real', async () => {
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

test('a check that fails for want of what --check did not do is unknown; before that it is a failure', async () => {
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
  assert.match(after.ends[1]?.why ?? '', 'rests on what was not done')
  const first = await run((play) => [play('p', { hosts: 'a', tasks: () => [needs()] })], {
    hosts,
    checkMode: true,
  })
  assert.equal(first.story, ['a needs failed'])
})

test('a wait asks until it holds, changes nothing, and gives up in time', async () => {
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

/** A connection that is lost in the middle of the first change, before or after it took effect. */
const losing = (effective: boolean, script: Script = usual): ScriptedConnection => {
  const inner = scripted(script)
  let lost = false
  return {
    ...inner,
    execute: async (request: Request) => {
      if (request.lane === 'run' && !lost) {
        lost = true
        if (effective) await inner.execute(request)
        throw new CoxswainError('connection-lost', 'cut')
      }
      return inner.execute(request)
    },
  }
}

test('what is pending is waited for, after an apply and without one; it is no change, and unknown under --check', async () => {
  let looks = 0
  const start = defineTask({
    name: 'start',
    description: 'Starts what takes its time.',
    params: z.object({}),
    until: () => ({ timeout: 5, every: 0.001 }),
    async check({ remote }) {
      if (!(await remote.exists('/started'))) return drift('not started')
      looks += 1
      // a failure that passes, once the waiting has begun
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

test('a connection lost in the middle: looked at again, and done again only where it was not done', async () => {
  const play = (maker: PlayMaker<Record<string, unknown>>) => [
    maker('p', { hosts: 'a', tasks: () => [touch({ path: '/1' })] }),
  ]
  for (const effective of [true, false]) {
    const connection = losing(effective)
    const { story } = await run(play, { hosts: { a: connection } })
    assert.equal(story, ['a /1 changed'])
    assert.is(connection.log.filter(({ lane }) => lane === 'run').length, 1)
  }
})

test('a connection lost in the middle of what has no check is an unknown outcome, and is not tried again', async () => {
  const connection = losing(true)
  const { ends, exit } = await run(
    (play) => [play('p', { hosts: 'a', tasks: () => [say({ text: 'hi' })] })],
    { hosts: { a: connection } },
  )
  assert.is(ends[0]?.error?.code, 'outcome-unknown')
  assert.is(exit, 2)
  assert.equal(connection.commands(), ['say hi'])
})

test('a pick is the first host that its probe likes, and stays; except gives the others', async () => {
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

test('on gives another host, once makes one value for all, and several hosts are refused', async () => {
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

test('a fact is read once, and again after something changed on the host', async () => {
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

test('checks are taken ahead while nothing changes, and never used after something did', async () => {
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
  // the second task finds done what the first one did, though it was looked at before that
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

test('a task out of time, and one that waits when the run is interrupted, say just that', async () => {
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
  assert.match(late.ends[0]?.error?.message ?? '', 'not done within 0.01 s')
  assert.is(late.exit, 2)
  setImmediate(() => controller.abort())
  const stopped = await run(plays(asleep()), { signal: controller.signal })
  assert.is(stopped.ends[0]?.error?.code, 'interrupted')
  assert.is(stopped.exit, 130)
})

test('--limit leaves out hosts, and says so when none is left', async () => {
  const plays = (play: PlayMaker<Record<string, unknown>>) => [
    play('p', { hosts: 'web', tasks: ({ group }) => [say({ text: String(group('web').length) })] }),
  ]
  assert.equal((await run(plays, { limit: ['b'] })).story, ['b 3 changed'])
  await rejects(() => run(plays, { limit: [] }), 'no-hosts', 'no host is left')
})

test('no secret is in any event, however it gets there', async () => {
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
