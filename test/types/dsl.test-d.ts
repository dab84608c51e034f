/** Code that must not compile. The compiler reports each `@ts-expect-error` without an error. */
import { expectTypeOf } from 'expect-type'
import { background, block, defineTask, flushHandlers, join, ok, parallel, pick, playbook, z } from 'coxswain'
import type { CheckContext, Outcome, Step, Task } from 'coxswain'
import { command, etcdMemberAdd, osRelease, sysctl } from 'coxswain/tasks'

// parameters of tasks
sysctl({ key: 'vm.swappiness', value: 1 })
// @ts-expect-error -- a parameter is missing
sysctl({ value: 1 })
// @ts-expect-error -- a parameter is misspelt
sysctl({ kye: 'vm.swappiness', value: 1 })
// @ts-expect-error -- a parameter has the wrong type
etcdMemberAdd({ via: 'masters[0]', name: 3, address: '10.0.0.1', version: 'v1.20.2' })
// a task without parameters takes none
osRelease()

// variables of playbooks
playbook({
  name: 'typed',
  vars: z.object({ app_port: z.number() }),
  plays: ({ play }) => [
    play('one', {
      hosts: pick('leader', { hosts: 'masters', prefer: [] }),
      tasks: ({ vars, group }) => {
        expectTypeOf(vars.app_port).toEqualTypeOf<number>()
        expectTypeOf(group('masters')[0]?.vars.app_port).toEqualTypeOf<number | undefined>()
        // @ts-expect-error -- a variable is misspelt
        return [sysctl({ key: 'net.core.somaxconn', value: vars.app_prot })]
      },
    }),
  ],
})

// a check only reads
defineTask({
  name: 'reader',
  description: 'Reads.',
  params: z.object({}),
  async check({ remote }) {
    expectTypeOf(remote.read).toBeFunction()
    // @ts-expect-error -- a check cannot run commands that change something
    await remote.run`touch /tmp/x`
    // @ts-expect-error -- a check cannot write
    await remote.write('/tmp/x', '')
    return ok()
  },
})

// facts have their type
export const family = async (ctx: CheckContext): Promise<readonly string[]> =>
  (await ctx.fact(osRelease())).family
expectTypeOf(
  defineTask({ name: 'n', description: '', params: z.object({}), check: () => ok(1 as const) }),
).returns.toEqualTypeOf<Task<1, never, never>>()

// parameters made by a function have the same types
const lazy = defineTask({
  name: 'lazy',
  description: '',
  example: { size: 1 },
  params: () => z.object({ size: z.number(), name: z.string().default('x') }),
  check: (_, params) => {
    expectTypeOf(params).toEqualTypeOf<{ size: number; name: string }>()
    return ok(2 as const)
  },
})
expectTypeOf(lazy({ size: 1 })).toEqualTypeOf<Task<2, never, never>>()
// @ts-expect-error -- a parameter is missing
lazy({})
// @ts-expect-error -- a parameter has the wrong type
lazy({ size: '1' })

// steps
const images = background(command({ run: 'pull' }))
expectTypeOf([
  block([sysctl({ key: 'a', value: 1 })], { rescue: [images], always: [join(images)], tags: 'x' }),
  parallel([sysctl({ key: 'a', value: 1 }, { tags: ['y'] })]),
  flushHandlers(),
]).toExtend<readonly Step[]>()
// @ts-expect-error -- an option of tasks that a block does not have
block([], { notify: 'restart' })
// @ts-expect-error -- an option is misspelt
block([], { resuce: [] })
// @ts-expect-error -- a task that was not called
block([sysctl])
// @ts-expect-error -- only a background step can be joined
join(sysctl({ key: 'a', value: 1 }))
// @ts-expect-error -- once per run or batch, not per host
sysctl({ key: 'a', value: 1 }, { oncePer: 'host' })
// @ts-expect-error -- a number of hosts
sysctl({ key: 'a', value: 1 }, { throttle: '2' })
block([], { throttle: 2 })
// an option is misspelt, in a literal, a variable or a spread
// @ts-expect-error
sysctl({ key: 'a', value: 1 }, { wen: () => true })
const misspelt = { tags: 'x', ignoreError: true }
// @ts-expect-error
sysctl({ key: 'a', value: 1 }, misspelt)
// @ts-expect-error
osRelease({}, misspelt)
// @ts-expect-error
command({ run: 'x' }, { ...misspelt })
// @ts-expect-error
block([], misspelt)
// @ts-expect-error
parallel([], { ...misspelt })
command(
  { run: 'x' },
  { retry: { attempts: 2, until: async ({ remote }) => remote.exists('/x') }, oncePer: 'run' },
)
const config = sysctl({ key: 'a', value: 1 })
sysctl(
  { key: 'b', value: 1 },
  {
    when: ({ changed, outcomeOf }) => {
      expectTypeOf(outcomeOf(config)).toEqualTypeOf<Outcome | undefined>()
      return changed(config)
    },
  },
)
playbook({
  name: 'p',
  vars: z.object({}),
  plays: ({ play }) => [
    play('shares', { hosts: 'all', serial: [1, '30%'], strategy: 'linear', tasks: () => [] }),
    // @ts-expect-error -- a number without its percent sign
    play('not a share', { hosts: 'all', serial: '30', tasks: () => [] }),
    // a playbook can be in the list of plays
    playbook({ name: 'other', vars: z.object({ own: z.number() }), plays: () => [] }),
  ],
})
