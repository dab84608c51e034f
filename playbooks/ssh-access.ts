import { playbook, z } from 'coxswain'
import { sshAccess, sshKey } from 'coxswain/tasks'

export default playbook({
  name: 'ssh-access',
  description:
    'Lets root of the first master log in to the other masters by key. The other playbooks do not need it.',
  vars: z.object({ ssh_access_user: z.string().default('root') }),
  plays: ({ play }) => [
    play('the first master has a key', {
      hosts: 'masters[0]',
      become: true,
      tasks: ({ vars }) => [sshKey({ user: vars.ssh_access_user })],
    }),
    play('the other masters let it in', {
      hosts: 'masters:!masters[0]',
      become: true,
      tasks: ({ vars }) => [sshAccess({ from: 'masters[0]', user: vars.ssh_access_user })],
    }),
  ],
})
