import { playbook, z } from 'coxswain'
import { command, copy, cron, directory, file, service } from 'coxswain/tasks'

/** A value of a file that a shell reads. */
const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`

export default playbook({
  name: 'backup',
  description: 'A nightly archive of folders, with the last ones kept.',
  vars: z.object({
    backup_folders: z.array(z.string().startsWith('/')).min(1).describe('folders to back up'),
    backup_target: z.string().default('/var/backups/nightly').describe('where the archives go'),
    backup_keep: z.number().int().min(1).default(7).describe('archives to keep'),
    backup_time: z.string().default('30 2 * * *').describe('when it runs, as in a crontab'),
  }),
  plays: ({ play }) => [
    play('a backup every night', {
      hosts: 'all',
      become: true,
      tasks: ({ vars }) => [
        directory({ path: vars.backup_target, mode: '0700', owner: 'root' }),
        file(
          {
            path: '/etc/default/nightly-backup',
            content: [
              `TARGET=${quoted(vars.backup_target)}`,
              `KEEP=${vars.backup_keep}`,
              `FOLDERS=${quoted(vars.backup_folders.join(' '))}`,
              '',
            ].join('\n'),
            mode: '0644',
          },
          { notify: 'back up now' },
        ),
        copy(
          {
            src: 'files/nightly-backup.sh',
            dest: '/usr/local/sbin/nightly-backup',
            mode: '0755',
            validate: 'sh -n %s',
          },
          { notify: 'back up now' },
        ),
        cron({
          name: 'nightly backup',
          file: 'nightly-backup',
          user: 'root',
          schedule: vars.backup_time,
          command: '/usr/local/sbin/nightly-backup',
        }),
        service({ name: 'cron', state: 'started', enabled: true }),
      ],
      handlers: () => ({
        // a fault shows now, not at night
        'back up now': command({ run: '/usr/local/sbin/nightly-backup' }, { timeout: 600 }),
      }),
    }),
  ],
})
