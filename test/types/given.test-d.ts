/** Steps made from values: the types of values need no annotation, and a wrong field does not compile. */
import type { Secret } from 'coxswain'
import { block, given, on, onEach, orElse, playbook, z } from 'coxswain'
import {
  command,
  container,
  defaultAddress,
  file,
  gitCheckout,
  httpRequest,
  osRelease,
  packages,
  query,
  read,
  stat,
  user,
} from 'coxswain/tasks'
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
    play('files and commands', {
      hosts: 'web',
      tasks: () => [
        given(
          {
            text: read({ path: '/a' }),
            lines: read({ path: '/a', as: 'lines' }),
            ini: read({ path: '/a', as: 'ini', optional: true }),
            json: read({ path: '/a', as: 'json' }),
            app: read({ path: '/a', as: 'yaml', schema: z.object({ port: z.coerce.number() }) }),
            maybe: read({ path: '/a', as: 'json', schema: z.object({ port: z.number() }), optional: true }),
            key: read({ path: '/key', hidden: true }),
            disks: query({ run: 'lsblk --json' }),
          },
          ({ text, lines, ini, json, app, maybe, key: secret, disks }) => {
            expectTypeOf(text).toEqualTypeOf<string>()
            expectTypeOf(lines).toEqualTypeOf<readonly string[]>()
            expectTypeOf(ini?.['a']?.['b']).toEqualTypeOf<string | undefined>()
            expectTypeOf(json).toEqualTypeOf<unknown>()
            expectTypeOf(app).toEqualTypeOf<{ port: number }>()
            expectTypeOf(maybe?.port).toEqualTypeOf<number | undefined>()
            expectTypeOf(secret).toEqualTypeOf<Secret>()
            expectTypeOf(disks.json(z.object({ a: z.string() })).a).toEqualTypeOf<string>()
            expectTypeOf(disks.json()).toEqualTypeOf<unknown>()
            // @ts-expect-error a field that the schema does not have
            void app.prt
            return [file({ path: '/b', content: text })]
          },
        ),
        // @ts-expect-error a task that never gives a value
        given({ x: file({ path: '/a' }) }, () => []),
        // @ts-expect-error nor does it on another host
        given({ x: on('db[0]', file({ path: '/a' })) }, () => []),
        // @ts-expect-error a format that there is not
        given({ x: read({ path: '/a', as: 'toml' }) }, () => []),
        // @ts-expect-error a parameter that there is not
        given({ x: read({ path: '/a', schem: z.string() }) }, () => []),
        // @ts-expect-error a parameter of the wrong kind
        given({ x: query({ run: 1 }) }, () => []),
      ],
    }),
    play('values of tasks that act', {
      hosts: 'web',
      tasks: () => [
        given(
          {
            app: gitCheckout({ repo: 'r', dest: '/srv/app' }),
            made: user({ name: 'app' }),
            answer: httpRequest({ url: 'http://a' }),
            installed: packages({ name: ['a'] }),
            web: container({ name: 'web', image: 'i' }),
            own: defaultAddress(),
          },
          ({ app, made, answer, installed, web, own }) => {
            expectTypeOf(app.before).toEqualTypeOf<string | undefined>()
            expectTypeOf(made.uid).toEqualTypeOf<number>()
            expectTypeOf(answer.status).toEqualTypeOf<number>()
            expectTypeOf(answer.json(z.object({ n: z.number() })).n).toEqualTypeOf<number>()
            expectTypeOf(installed.versions['a']).toEqualTypeOf<string | undefined>()
            expectTypeOf(web.running).toEqualTypeOf<boolean>()
            expectTypeOf(own.address).toEqualTypeOf<string>()
            // @ts-expect-error a field that the value does not have
            void made.id
            return [file({ path: '/b', content: app.commit })]
          },
        ),
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
