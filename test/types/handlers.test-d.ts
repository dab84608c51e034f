/**
 * Names of handlers: a name that the play does not have does not compile. Names in lists from other functions are checked
 * when the plan is made.
 */
import { block, flushHandlers, parallel, playbook, z } from 'coxswain'
import type { Step, Task } from 'coxswain'
import { command, file, service } from 'coxswain/tasks'

const restart = service({ name: 'nginx', state: 'started' })

/** A role: it is separate from the play, so the compiler does not know the names that its tasks notify. */
const roleTasks = (): Step[] => [file({ path: '/role' }, { notify: 'role handler' })]
const roleHandlers = (): Record<string, Task> => ({ 'role handler': restart })

playbook({
  name: 'good',
  vars: z.object({ path: z.string() }),
  plays: ({ play }) => [
    play('names', {
      hosts: 'web',
      tasks: ({ vars }) => [
        file({ path: vars.path }, { notify: 'restart nginx' }),
        file({ path: vars.path }, { notify: ['restart nginx', 'reload'], tags: ['x'] }),
        block([file({ path: '/b' }, { notify: 'reload' })], {
          rescue: [file({ path: '/r' }, { notify: 'reload' })],
        }),
      ],
      handlers: ({ vars }) => ({ 'restart nginx': restart, reload: command({ run: vars.path }) }),
    }),
    play('a topic', {
      hosts: 'web',
      tasks: () => [file({ path: '/1' }, { notify: 'configuration' })],
      handlers: () => ({ restart: command({ run: 'x' }, { listen: ['configuration'] }) }),
    }),
    play('a value', {
      hosts: 'web',
      tasks: () => [file({ path: '/1' }, { notify: restart }), file({ path: '/2' }, { notify: [restart] })],
      handlers: () => ({ restart }),
    }),
    play('a role', {
      hosts: 'web',
      tasks: () => [...roleTasks(), file({ path: '/1' }, { notify: 'own' })],
      handlers: () => ({ ...roleHandlers(), own: restart }),
    }),
    play('no handlers', { hosts: 'web', tasks: () => [file({ path: '/1' })] }),
  ],
})

const handlers = () => ({
  'restart nginx': restart,
  reload: command({ run: 'x' }, { listen: 'configuration' }),
})

playbook({
  name: 'bad',
  vars: z.object({}),
  plays: ({ play }) => [
    play('a misspelt name', {
      hosts: 'web',
      // @ts-expect-error -- Did you mean '"restart nginx"'?
      tasks: () => [file({ path: '/1' }, { notify: 'restart ngnix' })],
      handlers,
    }),
    play('one of several', {
      hosts: 'web',
      // @ts-expect-error -- the second does not exist
      tasks: () => [file({ path: '/1' }, { notify: ['reload', 'restart'] })],
      handlers,
    }),
    play('in a block', {
      hosts: 'web',
      tasks: () => [
        // @ts-expect-error -- in nested steps of a block
        block([
          parallel([file({ path: '/0' }), command({ run: 'x' }, { notify: 'relaod' })]),
          flushHandlers(),
        ]),
      ],
      handlers,
    }),
    play('in a rescue', {
      hosts: 'web',
      // @ts-expect-error -- in the rescue of a block
      tasks: () => [block([], { rescue: [file({ path: '/1' }, { notify: 'relaod' })] })],
      handlers,
    }),
    play('a misspelt topic', {
      hosts: 'web',
      // @ts-expect-error -- Did you mean '"configuration"'?
      tasks: () => [file({ path: '/1' }, { notify: 'configuratoin' })],
      handlers,
    }),
    play('no handlers', {
      hosts: 'web',
      // @ts-expect-error -- the play has no handlers
      tasks: () => [file({ path: '/1' }, { notify: 'restart nginx' })],
    }),
    play('a function body', {
      hosts: 'web',
      // @ts-expect-error -- in a function with a return statement
      tasks: () => {
        const config = file({ path: '/1' }, { notify: 'restart ngnix' })
        return [config]
      },
      handlers,
    }),
  ],
})
