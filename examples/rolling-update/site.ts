import { block, flushHandlers, playbook, z } from 'coxswain'
import type { Task } from 'coxswain'
import { command, copy, directory, file, link, packages, service, template, waitFor } from 'coxswain/tasks'

const current = '/srv/app/current'

/** Sets how haproxy treats a server, on the balancer on behalf of the host that is updated. */
const inBalancer = (name: string, state: 'drain' | 'ready'): Task =>
  command(
    { run: `echo 'set server app/${name} state ${state}' | socat - /run/haproxy/admin.sock` },
    {
      on: 'balancers[0]',
      title: `${name} ${state === 'drain' ? 'gets no new requests' : 'gets requests again'}`,
    },
  )

export default playbook({
  name: 'rolling-update',
  description: 'Brings a release to one web server after the other, behind haproxy.',
  vars: z.object({
    release: z.string().describe('the release to bring: a folder in releases/'),
  }),
  plays: ({ play }) => [
    play('the web servers, one at a time', {
      hosts: 'web',
      serial: 1,
      become: true,
      tasks: ({ host, vars }) => {
        const folder = `/srv/app/releases/${vars.release}`
        const switched = link({ path: current, target: folder }, { notify: 'reload' })
        return [
          packages({ name: 'nginx' }),
          directory({ path: folder, mode: '0755' }),
          copy({ src: `releases/${vars.release}`, dest: folder, mode: '0644' }),
          template(
            {
              src: 'templates/app.conf.hbs',
              dest: '/etc/nginx/sites-enabled/app',
              values: { root: current },
            },
            { notify: 'reload' },
          ),
          file({ path: '/etc/nginx/sites-enabled/default', state: 'absent' }, { notify: 'reload' }),
          service({ name: 'nginx', state: 'started', enabled: true }),
          // only a server that has another release is drained
          block(
            [
              inBalancer(host.name, 'drain'),
              switched,
              flushHandlers(),
              waitFor({ url: 'http://127.0.0.1:8080/version', matches: `^${vars.release}$`, timeout: 30 }),
            ],
            {
              when: async ({ remote }) => (await remote.read(`${current}/version`))?.trim() !== vars.release,
              always: [inBalancer(host.name, 'ready')],
            },
          ),
        ]
      },
      handlers: () => ({
        reload: command({ run: 'nginx -t && systemctl reload nginx' }),
      }),
    }),
  ],
})
