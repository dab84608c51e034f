import { playbook, z } from 'coxswain'
import { command, packages, service, template } from 'coxswain/tasks'

export default playbook({
  name: 'balancer',
  description: 'haproxy in front of the web servers.',
  vars: z.object({}),
  plays: ({ play }) => [
    play('haproxy knows the web servers', {
      hosts: 'balancers',
      become: true,
      tasks: ({ group }) => [
        packages({ name: ['haproxy', 'socat'] }),
        template(
          {
            src: 'templates/haproxy.cfg.hbs',
            dest: '/etc/haproxy/haproxy.cfg',
            values: { servers: group('web').map(({ name, address }) => ({ name, address })) },
            validate: 'haproxy -c -f %s',
          },
          { notify: 'reload' },
        ),
        service({ name: 'haproxy', state: 'started', enabled: true }),
      ],
      handlers: () => ({ reload: command({ run: 'systemctl reload haproxy' }) }),
    }),
  ],
})
