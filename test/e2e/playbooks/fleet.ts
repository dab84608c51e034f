import { playbook, z } from 'coxswain'
import {
  command,
  copy,
  directory,
  file,
  hostsEntry,
  lineInFile,
  link,
  service,
  serviceRestart,
  sysctl,
  template,
  waitFor,
} from 'coxswain/tasks'

const here = import.meta.dirname

/** Twenty common tasks. */
export default playbook({
  name: 'fleet',
  vars: z.object({}),
  plays: ({ play }) => [
    play('twenty tasks', {
      hosts: 'all',
      handlers: () => ({ sshd: serviceRestart({ name: 'ssh' }) }),
      tasks: ({ host }) => [
        ...['/srv/app', '/srv/app/releases', '/srv/app/shared'].map((path) =>
          directory({ path, mode: '0755' }),
        ),
        copy({ src: `${here}/fleet.ts`, dest: '/srv/app/releases/1' }),
        link({ path: '/srv/app/current', target: 'releases/1' }),
        template({
          src: `${here}/site.conf.hbs`,
          dest: '/srv/app/shared/site.conf',
          values: { name: host.name, port: 8080 },
        }),
        file({ path: '/srv/app/shared/secret', content: 'not really', mode: '0600' }),
        file({ path: '/etc/motd', content: `This is ${host.name}.\n` }),
        file({ path: '/etc/legal', state: 'absent' }),
        lineInFile({ path: '/etc/login.defs', regexp: '^UMASK', line: 'UMASK 027' }),
        lineInFile(
          { path: '/etc/ssh/sshd_config', regexp: '^#?MaxStartups', line: 'MaxStartups 10:30:100' },
          {
            notify: 'sshd',
          },
        ),
        ...['10.77.0.1', '10.77.0.2', '10.77.0.3'].map((address, n) =>
          hostsEntry({ address, names: [`peer${n}`] }),
        ),
        sysctl({ key: 'net.ipv4.ip_forward', value: 1 }),
        sysctl({ key: 'net.ipv4.tcp_syncookies', value: 1 }),
        service({ name: 'haproxy', state: 'stopped', enabled: false }),
        service({ name: 'ssh', state: 'started', enabled: true }),
        command({ run: 'date >/srv/app/built', creates: '/srv/app/built' }),
        waitFor({ port: 22 }),
      ],
    }),
  ],
})
