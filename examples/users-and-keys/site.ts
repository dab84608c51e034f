import { playbook, z } from 'coxswain'
import { authorizedKey, command, file, group, sudoers, user } from 'coxswain/tasks'

const account = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of lower-case letters, digits and -')

export default playbook({
  name: 'users-and-keys',
  description: 'Accounts of administrators, their keys and rights, and an sshd that takes only keys.',
  vars: z.object({
    admins: z
      .array(z.object({ name: account, full_name: z.string(), keys: z.array(z.string()).min(1) }))
      .describe('who administers the hosts'),
    former_admins: z.array(account).default([]).describe('accounts to remove, with their home directories'),
  }),
  plays: ({ play }) => [
    play('administrators and how they log in', {
      hosts: 'all',
      become: true,
      tasks: ({ vars }) => [
        group({ name: 'admins' }),
        ...vars.admins.flatMap(({ name, full_name: comment, keys: [first = '', ...others] }) => [
          user({ name, comment, shell: '/bin/bash', groups: ['admins'] }),
          // where an account has one key, any other is removed
          authorizedKey({ user: name, key: first, exclusive: others.length === 0 }),
          ...others.map((key) => authorizedKey({ user: name, key })),
        ]),
        ...vars.former_admins.map((name) => user({ name, state: 'absent', removeHome: true })),
        sudoers({ name: 'admins', users: ['%admins'], commands: ['ALL'], password: false }),
        file(
          {
            path: '/etc/ssh/sshd_config.d/10-keys-only.conf',
            content:
              'PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n',
            mode: '0644',
            validate: 'sshd -t -f %s',
          },
          { notify: 'reload sshd' },
        ),
      ],
      handlers: () => ({
        'reload sshd': command({ run: 'sshd -t && systemctl reload ssh' }),
      }),
    }),
  ],
})
