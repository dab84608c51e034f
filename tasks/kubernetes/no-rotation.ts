import { CoxswainError, defineTask, flag, ok, z } from '../../engine/index.ts'
import { encryptionRecord, rotatingFolder, serviceAccountRecord } from './kubeadm/paths.ts'
import { authoritiesSchema, authorityNames, folderOf } from './rotation/rotation.ts'

/**
 * Fails while authorities of a control-plane node are being replaced by rotate-ca, or keys by rotate-keys or rotate-service-accounts, before
 * anything is written.
 *
 * Until that is complete, the controller manager signs with a certificate of its own, and kubeadm would write it back to the file with
 * both, with which it ends. All masters have the folder before one of them is changed, and until all of them trust the new
 * authority alone. A control-plane node that joins while a key is replaced could lack the one that the others encrypt with.
 */
export const noRotation = defineTask({
  name: 'no-rotation',
  description:
    'Fails while the playbook rotate-ca has not completed the replacement of an authority, or rotate-keys or rotate-service-accounts that of a key: kubeadm would break the control plane.',
  reads:
    'the new authorities that rotate-ca keeps in /etc/coxswain/rotate-ca until it is complete, and the new keys in /etc/coxswain/rotate-keys and /etc/coxswain/rotate-service-accounts; other files with several certificates are not looked at',
  example: {},
  params: () =>
    z.object({
      authorities: authoritiesSchema().default([...authorityNames]),
      keys: flag().default(true).describe('whether keys must not be replaced either'),
      serviceAccounts: flag()
        .default(true)
        .describe('whether the service account key must not be replaced either'),
    }),
  title: ({ keys, serviceAccounts }) =>
    `no authority${keys || serviceAccounts ? ' and no key' : ''} is being replaced`,

  async check({ remote, host }, { authorities, keys, serviceAccounts }) {
    if (keys && (await remote.exists(encryptionRecord)))
      throw new CoxswainError(
        'task-failed',
        `${host.name} is within the replacement of the key of encryption at rest: rotate-keys has left ${encryptionRecord}`,
        {
          hint: 'run playbooks/rotate-keys.ts with the same rotate_keys_made_before, which completes it; then run this again; nothing was changed',
        },
      )
    const record = serviceAccounts ? await remote.read(serviceAccountRecord) : undefined
    const until = /"acceptUntil":"([\d:.TZ-]{10,30})"/.exec(record ?? '')?.[1]
    if (record !== undefined)
      throw new CoxswainError(
        'task-failed',
        `${host.name} is within the replacement of the service account key: rotate-service-accounts has left ${serviceAccountRecord}`,
        {
          hint: `run playbooks/rotate-service-accounts.ts with the same rotate_service_accounts_made_before, which completes it${until === undefined ? '' : ` after ${until}: until then, tokens of the former key are to be accepted`}; then run this again; nothing was changed`,
        },
      )
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
