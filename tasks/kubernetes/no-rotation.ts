import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { rotatingFolder } from './kubeadm/paths.ts'
import { authoritiesSchema, authorityNames, folderOf } from './rotation/rotation.ts'

/**
 * Fails while authorities of a control-plane node are being replaced by rotate-ca, before anything is written.
 *
 * Until that is complete, the controller manager signs with a certificate of its own, and kubeadm would write it back to the file with
 * both, with which it ends. All masters have the folder before one of them is changed, and until all of them trust the new
 * authority alone.
 */
export const noRotation = defineTask({
  name: 'no-rotation',
  description:
    'Fails while the playbook rotate-ca has not completed the replacement of an authority: kubeadm would break the control plane.',
  reads:
    'the new authorities that rotate-ca keeps in /etc/coxswain/rotate-ca until it is complete; other files with several certificates are not looked at',
  example: {},
  params: () => z.object({ authorities: authoritiesSchema().default([...authorityNames]) }),
  title: () => 'no authority is being replaced',

  async check({ remote, host }, { authorities }) {
    const there = await Promise.all(authorities.map((one) => remote.exists(`${folderOf(one)}/new.crt`)))
    const open = authorities.filter((_, index) => there[index])
    if (open.length === 0) return ok()
    throw new CoxswainError(
      'task-failed',
      `${host.name} is within the replacement of ${open.length === 1 ? 'the authority' : 'the authorities'} ${open.join(', ')}: rotate-ca has left ${rotatingFolder}`,
      {
        hint: 'run playbooks/rotate-ca.ts with the same rotate_ca_made_before, which completes it; then run this again; nothing was changed',
      },
    )
  },
})
