/** Steps made from values: the types of values need no annotation, and a wrong field does not compile. */
import { block, given, on, onEach, orElse, playbook, z } from 'coxswain'
import { command, file, osRelease, stat } from 'coxswain/tasks'
import { expectTypeOf } from 'expect-type'

const key = command({ run: 'wg genkey', creates: '/etc/key' })

playbook({
  name: 'values',
  vars: z.object({}),
  plays: ({ play }) => [
    play('own values', {
      hosts: 'web',
      tasks: () => [
        key,
        given({ os: osRelease({}), key, at: stat({ path: '/x' }) }, ({ os, key: made, at }) => {
          expectTypeOf(os.family).toEqualTypeOf<readonly string[]>()
          expectTypeOf(made.stdout).toEqualTypeOf<string>()
          expectTypeOf(at).toMatchTypeOf<{ readonly size: number } | undefined>()
          // @ts-expect-error a field that the fact does not have
          void os.famly
          // @ts-expect-error a field that the output does not have
          void made.output
          return [file({ path: '/etc/key', content: made.stdout })]
        }),
        // @ts-expect-error a parameter that the task does not have
        given({ os: osRelease({}) }, ({ os }) => [file({ path: os.id, contents: '' })]),
      ],
    }),
    play('values of other hosts', {
      hosts: 'web',
      tasks: () => [
        given(
          {
            one: on('db[0]', osRelease({})),
            all: onEach('db', osRelease({})),
            some: orElse(onEach('db', osRelease({})), undefined),
            other: orElse(key, { stdout: '' }),
          },
          ({ one, all, some, other }) => {
            expectTypeOf(one.version).toEqualTypeOf<string>()
            expectTypeOf(all[0]?.value.id).toEqualTypeOf<string | undefined>()
            expectTypeOf(some[0]?.value?.id).toEqualTypeOf<string | undefined>()
            expectTypeOf(other.stdout).toEqualTypeOf<string>()
            return all.map(({ host, value }) => file({ path: `/etc/${host}`, content: value.id }))
          },
        ),
      ],
    }),
    play('names of handlers', {
      hosts: 'web',
      tasks: () => [
        given({ os: osRelease({}) }, () => [block([file({ path: '/a' }, { notify: 'reload' })])]),
        // @ts-expect-error the play has no handler of that name
        given({ os: osRelease({}) }, () => [file({ path: '/a' }, { notify: 'relod' })]),
      ],
      handlers: () => ({ reload: command({ run: 'x' }) }),
    }),
  ],
})

// @ts-expect-error not a task
given({ os: osRelease }, () => [])
// @ts-expect-error an option that a step does not have
given({ os: osRelease({}) }, () => [], { notify: 'x' })
