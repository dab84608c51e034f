import { flushHandlers, playbook, z } from 'coxswain'
import { command, copy, directory, file, link, packages, service, template, waitFor } from 'coxswain/tasks'

export default playbook({
  name: 'nginx-site',
  description: 'A static site on nginx.',
  vars: z.object({
    site_name: z.string().describe('host name of the site'),
    site_port: z.number().int().min(1).max(65535).default(80).describe('TCP port'),
  }),
  plays: ({ play }) => [
    play('the site on every web server', {
      hosts: 'web',
      become: true,
      tasks: ({ vars: { site_name: name, site_port: port } }) => {
        const root = `/srv/www/${name}`
        const available = `/etc/nginx/sites-available/${name}.conf`
        return [
          packages({ name: 'nginx' }),
          directory({ path: root, mode: '0755' }),
          copy({ src: 'public', dest: root, mode: '0644' }),
          template(
            { src: 'templates/site.conf.hbs', dest: available, values: { name, port, root }, mode: '0644' },
            { notify: 'reload' },
          ),
          link({ path: `/etc/nginx/sites-enabled/${name}.conf`, target: available }, { notify: 'reload' }),
          file({ path: '/etc/nginx/sites-enabled/default', state: 'absent' }, { notify: 'reload' }),
          service({ name: 'nginx', state: 'started', enabled: true }),
          // reload now; nginx goes on with the old configuration for a moment
          flushHandlers(),
          waitFor({ url: `http://127.0.0.1:${port}/`, matches: 'It works', timeout: 30 }),
        ]
      },
      handlers: () => ({
        // a faulty configuration fails here, and nginx keeps the old one
        reload: command({ run: 'nginx -t && systemctl reload nginx' }),
      }),
    }),
  ],
})
