/** Roles: parameters, facts and names of handlers are typed without annotations. */
import { defineRole, playbook, z } from 'coxswain'
import { command, file, osRelease } from 'coxswain/tasks'
import { expectTypeOf } from 'expect-type'

const motd = defineRole({
  name: 'motd',
  description: 'Sets the message of the day.',
  params: z.object({ text: z.string(), width: z.number().default(80) }),
  facts: { os: osRelease({}) },
  tasks: ({ text, width }, { os }) => {
    expectTypeOf(width).toEqualTypeOf<number>()
    expectTypeOf(os.version).toEqualTypeOf<string>()
    // @ts-expect-error a field that the fact does not have
    void os.famly
    return [file({ path: '/etc/motd', content: text }, { notify: 'announce' })]
  },
  handlers: ({ text }, { os }) => ({ announce: command({ run: 'wall', args: [text, os.id] }) }),
})

defineRole({
  name: 'wrong',
  description: 'Notifies a handler that it does not have.',
  params: z.object({}),
  // @ts-expect-error the role has no handler of that name
  tasks: () => [file({ path: '/a' }, { notify: 'relod' })],
  handlers: () => ({ reload: command({ run: 'x' }) }),
})

const plain = defineRole({
  name: 'plain',
  description: 'Has neither facts nor handlers.',
  params: () => z.object({}),
  tasks: () => [file({ path: '/a' })],
})

playbook({
  name: 'uses',
  vars: z.object({}),
  plays: ({ play }) => [
    play('web', {
      hosts: 'web',
      tasks: () => [
        motd({ text: 'hello' }),
        motd({ text: 'hello', width: 3 }, { tags: 'x', when: () => true }),
        plain(),
        // @ts-expect-error a parameter that the role does not have
        motd({ text: 'hello', widht: 3 }),
        // @ts-expect-error a parameter is missing
        motd({}),
        // @ts-expect-error an option that a role does not have
        motd({ text: 'hello' }, { notify: 'x' }),
      ],
    }),
  ],
})
