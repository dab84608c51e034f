/** Connection and become variables of Ansible that have no effect here. */
import type { Inventory } from '../types.ts'
import { warning } from '../warning.ts'
import type { Warning } from '../warning.ts'
import { firstSet } from './first-set.ts'

const fileHint = 'put the key into a file and set private_key_file'
const programHint = 'the program is found in PATH; put its folder first in PATH'
const flagsHint = 'the engine sets the flags of sudo, su and doas; set other flags in their configuration'
const checkingHint = 'give --host-key-checking strict, accept-new or off'

/** What to do instead, by name; empty if nothing is needed. */
const ignored: ReadonlyMap<string, string> = new Map([
  ['ansible_host_key_checking', checkingHint],
  ['ansible_ssh_host_key_checking', checkingHint],
  ['ansible_private_key', fileHint],
  ['ansible_ssh_private_key', fileHint],
  ['ansible_ssh_executable', 'connection: openssh uses the ssh in PATH; put its folder first in PATH'],
  ['ansible_ssh_pkcs11_provider', 'set PKCS11Provider in ssh_config, with connection: openssh'],
  ...['ansible_become_exe', 'ansible_sudo_exe', 'ansible_su_exe', 'ansible_doas_exe'].map(
    (name): [string, string] => [name, programHint],
  ),
  ...['ansible_become_flags', 'ansible_sudo_flags', 'ansible_su_flags', 'ansible_doas_flags'].map(
    (name): [string, string] => [name, flagsHint],
  ),
  ['ansible_sudo_chdir', 'set the folder in the playbook: cwd'],
  ...[
    'ansible_pipelining',
    'ansible_ssh_pipelining',
    'ansible_ssh_transfer_method',
    'ansible_scp_if_ssh',
    'ansible_ssh_retries',
    'ansible_control_path',
    'ansible_control_path_dir',
    'ansible_scp_executable',
    'ansible_scp_extra_args',
    'ansible_sftp_executable',
    'ansible_sftp_extra_args',
    'ansible_sftp_batch_mode',
    'ansible_ssh_password_mechanism',
    'ansible_sshpass_prompt',
    'ansible_ssh_use_tty',
    'ansible_su_prompt_l10n',
    'ansible_doas_prompt_l10n',
  ].map((name): [string, string] => [name, '']),
])

/** Whether a name is a variable of Ansible that has no effect here. */
export const isIgnored = (name: string): boolean => ignored.has(name)

/** One warning per name, at the first place that sets it. */
export const ignoredSettings = (inventory: Pick<Inventory, 'hosts' | 'groups' | 'folders'>): Warning[] => {
  const set = firstSet(inventory)
  return [...ignored].flatMap(([name, hint]) => {
    const found = set.get(name)
    return found === undefined ? [] : [warning(`${name} has no effect here`, found.place, hint)]
  })
}
