import { playbook, z } from 'coxswain'
import { journalSize } from './tasks/journal-size.ts'

export default playbook({
  name: 'own-task',
  description: 'Logs of systemd that cannot fill the disk.',
  vars: z.object({ journal_mib: z.number().int().min(8).default(200).describe('MiB of the journal') }),
  plays: ({ play }) => [
    play('the journal has a limit', {
      hosts: 'all',
      become: true,
      tasks: ({ vars }) => [journalSize({ mib: vars.journal_mib })],
    }),
  ],
})
