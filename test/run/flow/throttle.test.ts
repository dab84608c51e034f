import * as assert from 'uvu/assert'
import { scripted } from '../../../engine/connection/scripted.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { given } from '../../../engine/dsl/given.ts'
import type { Step } from '../../../engine/dsl/step.ts'
import { block, parallel } from '../../../engine/dsl/step.ts'
import type { TaskOptions } from '../../../engine/dsl/types.ts'
import { listTasks } from '../../../engine/cli/session/listing.ts'
import { suite } from '../../support/spec.ts'
import { prepare, run, say, touch } from '../site.ts'
import type { Site } from '../site.ts'
import { kernel, name, named } from '../values-site.ts'

const test = suite('throttle')

/** Hosts whose commands end together, when no further command can start: the widths of these rounds are counted. */
class Gated {
  readonly widths: number[] = []
  #inside: (() => void)[] = []
  readonly #commands: RegExp

  constructor(commands = /^say /) {
    this.#commands = commands
  }

  /** Lets the commands end that have begun, when nothing else can happen in this process. */
  readonly #open = (): void => {
    this.widths.push(this.#inside.length)
    const ended = this.#inside
    this.#inside = []
    for (const end of ended) end()
  }

  host(): Connection {
    const inner = scripted(named('anna'))
    return {
      ...inner,
      execute: async (request) => {
        if (!this.#commands.test(request.command ?? request.script)) return inner.execute(request)
        await new Promise<void>((end) => {
          // what the others do meanwhile takes promises alone: it is done before an immediate
          if (this.#inside.length === 0) setImmediate(this.#open)
          this.#inside.push(end)
        })
        return inner.execute(request)
      },
    }
  }

  hosts(names: string): NonNullable<Site['hosts']> {
    return Object.fromEntries(Array.from(names, (host) => [host, this.host()]))
  }
}

const widthsOf = async (
  tasks: (host: string) => readonly Step[],
  { strategy = 'free' }: { readonly strategy?: 'free' | 'linear' } = {},
): Promise<readonly number[]> => {
  const gated = new Gated()
  const { exit } = await run(
    (play) => [play('p', { hosts: 'web', strategy, tasks: ({ host }) => tasks(host.name) })],
    { hosts: gated.hosts('abcde') },
  )
  assert.is(exit, 0)
  return gated.widths
}

for (const strategy of ['free', 'linear'] as const)
  test(`at most so many hosts run the step at the same time: ${strategy}`, async () => {
    assert.equal(await widthsOf(() => [say({ text: 'x' })], { strategy }), [5])
    assert.equal(await widthsOf(() => [say({ text: 'x' }, { throttle: 2 })], { strategy }), [2, 2, 1])
  })

test('tasks of one line are one step, whatever their titles and positions', async () => {
  const tasks = (host: string): Step[] => [
    ...(host < 'c' ? [touch({ path: '/x' })] : []),
    say({ text: `register ${host}` }, { throttle: 2 }),
  ]
  assert.is(Math.max(...(await widthsOf(tasks))), 2)
})

test('each task of a block has the limit, and each of those that are made from values', async () => {
  const both = (options: TaskOptions = {}): Step[] => [
    say({ text: 'x' }, options),
    say({ text: 'y' }, options),
  ]
  const limits = [
    block(both(), { throttle: 2 }),
    given({ os: kernel({}) }, () => both(), { throttle: 2 }),
    block(both({ throttle: 2 }), { throttle: 1 }),
  ]
  for (const limited of limits) {
    const widths = await widthsOf(() => [limited])
    assert.is(
      widths.reduce((sum, width) => sum + width, 0),
      10,
    )
    // two of each task
    assert.is(Math.max(...widths), 4, JSON.stringify(widths))
  }
})

test('tasks of one host beside each other are one host', async () => {
  const many = (host: string): Step[] => [1, 2, 3].map((n) => say({ text: `${host} ${n}` }, { throttle: 1 }))
  const widths = await widthsOf((host) => [parallel(many(host))])
  assert.equal(widths, [3, 3, 3, 3, 3])
})

test('a task with a limit is not checked before its turn', async () => {
  const gated = new Gated(/^name$/)
  await run((play) => [play('p', { hosts: 'web', tasks: () => [kernel({}), name({}, { throttle: 2 })] })], {
    hosts: gated.hosts('abcde'),
  })
  assert.equal(gated.widths, [2, 2, 1])
})

test('hosts that wait for the limit do not begin when the run is stopped, nor after a failure that ends the play', async () => {
  const stopping = new AbortController()
  const once = { throttle: 1 }
  const { story } = await run(
    (play) => [
      play('p', {
        hosts: 'web',
        tasks: () => [block([say({ text: 'x' }, once)], { always: [say({ text: 'end' })] })],
      }),
    ],
    {
      options: { stopping: stopping.signal },
      onEvent: (event) => {
        if (event.type === 'task-end') stopping.abort()
      },
    },
  )
  assert.equal(story, ['a x changed', 'a end changed'])
  const fatal = await run((play) => [
    play('p', { hosts: 'web', anyErrorsFatal: true, tasks: () => [say({ text: 'fail' }, once)] }),
  ])
  assert.equal(fatal.story, ['a fail failed'])
})

test('one host that acts for all, handlers, and the list of tasks', async () => {
  const plays: Parameters<typeof run>[0] = (play) => [
    play('p', {
      hosts: 'web',
      tasks: () => [
        say({ text: 'x' }, { throttle: 1, oncePer: 'run' }),
        touch({ path: '/y' }, { notify: 'z' }),
      ],
      handlers: () => ({ z: say({ text: 'z' }, { throttle: 2 }) }),
    }),
  ]
  const gated = new Gated(/^say z$/)
  const { exit } = await run(plays, { hosts: gated.hosts('abcde') })
  assert.is(exit, 0)
  assert.equal(gated.widths, [2, 2, 1])
  assert.match(
    listTasks(prepare(plays).plan),
    'say: z  (handler, on at most 2 hosts at a time, no check: always acts)',
  )
})
