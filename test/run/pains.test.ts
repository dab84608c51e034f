/**
 * Known problems of other engines that this one does not have. Costs are counted in requests and round trips, never
 * timed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { block } from '../../engine/dsl/step.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import type { Task } from '../../engine/dsl/types.ts'
import { ok } from '../../engine/dsl/verdict.ts'
import { command, copy, file, packages, service } from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'
import { distant } from './round-trips.ts'
import { run, say, sent, touch, usual } from './site.ts'

const test = suite('pains')

/** Runs tasks on one host, `a`. */
const on = (
  host: Parameters<typeof distant>[0],
  tasks: () => Parameters<typeof block>[0],
  checkMode = false,
) => {
  const far = distant(host)
  return run((play) => [play('p', { hosts: 'a', tasks })], { hosts: { a: far }, checkMode }).then(
    (outcome) => ({ ...outcome, far }),
  )
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const paths = (count: number): string[] => numbers(count).map((index) => `/srv/${index}`)
const holding = (all: readonly string[]) => ({ files: Object.fromEntries(all.map((path) => [path, 'x'])) })

/** Reads a fact by a command of its own. */
const fact = defineTask({
  name: 'ask',
  description: '',
  params: z.object({ what: z.string() }),
  check: async ({ remote }, { what }) => ok(await remote.query`ask ${what}`.text()),
})

test('pain 1: the checks of a loop share a round trip', async () => {
  for (const count of [1, 10, 30]) {
    const all = paths(count)
    const { far, story } = await on(holding(all), () => all.map((path) => touch({ path })))
    assert.is(story.length, count)
    assert.is(far.log.length, count)
    assert.is(far.roundTrips(), 1)
  }
})

test('pain 1: a loop over commands sends only these commands', async () => {
  const { far, story } = await on(usual, () => numbers(10).map((index) => say({ text: `${index}` })))
  assert.is(story.filter((line) => line.endsWith(' changed')).length, 10)
  assert.equal(
    far.log.map(({ script }) => script),
    numbers(10).map((index) => `say ${index}`),
  )
  assert.is(far.roundTrips(), 10)
})

test('pain 2: the cost of a task does not grow with the facts', async () => {
  const costs = async (size: number) => {
    const reader = defineTask({
      name: 'reader',
      description: '',
      params: z.object({ path: z.string() }),
      check: async ({ fact: read, remote }, { path }) => {
        assert.is((await read(fact({ what: 'all' }))).length, size)
        return ok(await remote.exists(path))
      },
    })
    const host = { replies: [[/^ask all$/, 'x'.repeat(size)]] as const, ...holding(paths(20)) }
    const { far, exit } = await on(host, () => paths(20).map((path) => reader({ path })))
    assert.is(exit, 0)
    assert.equal(sent(far), ['ask all'])
    return [far.log.length, far.roundTrips(), far.sentSize()]
  }
  assert.equal(await costs(2 ** 20), await costs(8))
})

test('pain 3: unchanged files of a tree are checked together', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-tree-'))
  try {
    const names = numbers(100).map((index) => `file-${index}`)
    for (const name of names) writeFileSync(join(folder, name), name)
    const there = Object.fromEntries(names.map((name) => [`/srv/${name}`, name]))
    const { far, story } = await on({ files: there }, () =>
      names.map((name) => copy({ src: join(folder, name), dest: `/srv/${name}` })),
    )
    assert.is(story.filter((line) => line.endsWith(' ok')).length, 100)
    // 32 at a time are checked ahead, and each needs two answers
    assert.ok(far.roundTrips() <= 10, `${far.roundTrips()} round trips`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('pain 8: under --check a command is predicted, and conditions on its outcome work', async () => {
  const tasks = (): readonly Task[] => {
    const build = command({ run: 'make' })
    return [
      build,
      say({ text: 'restart' }, { when: ({ changed }) => changed(build) }),
      say({ text: 'never' }, { when: ({ outcomeOf }) => outcomeOf(build) === 'skipped' }),
      command({ run: 'build', creates: '/built' }),
      fact({ what: 'release' }),
    ]
  }
  const host = { replies: [[/^ask release$/, '12']] as const, files: { '/built': '' } }
  const { story, ends, far, exit } = await on(host, tasks, true)
  assert.equal(story, [
    'a make would change',
    'a restart would change',
    'a never skipped',
    'a build ok',
    'a ask ok',
  ])
  assert.is(ends[2]?.why, 'its condition is false')
  assert.equal(sent(far), ['ask release'])
  assert.is(exit, 0)
})

test('pain 9: --check of a new host reports what is unknown, and does not fail', async () => {
  const fresh = {
    files: { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\n' },
    replies: [
      [/^dpkg-query /, { code: 1, stderr: 'no packages found matching haproxy' }],
      ['apt-mark showhold', ''],
      [/^if \[ -d \/run\/systemd\/system \]/, 'systemd\n'],
      [/^systemctl show haproxy /, 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\n'],
      [/^ask /, { code: 127, stderr: 'ask: not found' }],
    ] as const,
  }
  const { story, ends, far, exit } = await on(
    fresh,
    () => [
      packages({ name: 'haproxy' }),
      file({ path: '/etc/haproxy/haproxy.cfg', content: 'global\n' }),
      service({ name: 'haproxy', state: 'started', enabled: true }),
      fact({ what: 'haproxy' }, { title: 'its version' }),
    ],
    true,
  )
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['would change', 'would change', 'unknown', 'unknown'],
    story.join('\n'),
  )
  assert.match(ends[2]?.why ?? '', 'the service haproxy does not exist yet')
  assert.match(ends[3]?.why ?? '', 'depends on a change that --check did not make')
  assert.is(exit, 0)
  assert.equal(
    far.log.filter(({ purpose }) => purpose === 'run'),
    [],
  )
})

test('pain 21: conditions see current facts and changes', async () => {
  const version = fact({ what: 'version' })
  const tasks = (): readonly Task[] => {
    const upgrade = touch({ path: '/upgraded' })
    const seen = say({ text: 'new' }, { when: async (ctx) => (await ctx.fact(version)) === '2' })
    return [
      say({ text: 'old' }, { when: async (ctx) => (await ctx.fact(version)) === '1' }),
      upgrade,
      seen,
      say({ text: 'restart' }, { when: ({ changed }) => changed(upgrade) }),
    ]
  }
  const host = {
    replies: [
      [/^ask version$/, (_: unknown, all: Map<string, unknown>) => (all.has('/upgraded') ? '2' : '1')],
      [/^say /, ''],
    ] as const,
  }
  const first = await on(host, tasks)
  assert.equal(first.story, ['a old changed', 'a /upgraded changed', 'a new changed', 'a restart changed'])
  const second = await on({ ...host, files: { '/upgraded': 'x' } }, tasks)
  assert.equal(second.story, ['a old skipped', 'a /upgraded ok', 'a new changed', 'a restart skipped'])
  const check = await on(host, tasks, true)
  assert.equal(check.story, [
    'a old would change',
    'a /upgraded would change',
    'a new unknown',
    'a restart would change',
  ])
})

test('pain 22: tasks run in the order of the list, not of their creation', async () => {
  const twice = (text: string): Task[] => [1, 2].map((time) => say({ text: `${text}${time}` }))
  const { story } = await run((play) => [
    play('p', {
      hosts: 'web',
      tasks: ({ host }) => {
        // made first, run last; and two on one line
        const last = say({ text: 'last' })
        const [second, first] = [say({ text: 'second' }), say({ text: 'first' })]
        const looped = host.name === 'b' ? twice('only b ') : []
        return [first, second, ...looped, block(twice('inner ')), ...twice('outer '), last]
      },
    }),
  ])
  const of = (host: string): string[] =>
    story.flatMap((line) => (line.startsWith(`${host} `) ? [line.slice(2).replace(' changed', '')] : []))
  const common = ['inner 1', 'inner 2', 'outer 1', 'outer 2', 'last']
  for (const host of ['a', 'c']) assert.equal(of(host), ['first', 'second', ...common])
  assert.equal(of('b'), ['first', 'second', 'only b 1', 'only b 2', ...common])
})

test('pain 23: twenty facts cost one round trip, in one task or in twenty', async () => {
  const facts = numbers(20).map((index) => fact({ what: `${index}` }))
  const together = defineTask({
    name: 'together',
    description: '',
    params: z.object({}),
    check: async (ctx) => ok(await Promise.all(facts.map((one) => ctx.fact(one)))),
  })
  const host = { replies: [[/^ask \d+$/, 'yes']] as const }
  for (const tasks of [() => [together()], () => facts]) {
    const { far, exit } = await on(host, tasks)
    assert.is(exit, 0)
    assert.is(sent(far).length, 20)
    assert.is(far.roundTrips(), 1)
  }
})
