/** Variables of Ansible that say how to reach a host, or to become another user there, and that have no effect here. */
import type { Inventory, Variables } from '../types.ts'
import { warning } from '../warning.ts'
import type { Warning } from '../warning.ts'

const fileHint = 'put the key into a file and name it: private_key_file'
const programHint = 'the program is found by its name in PATH; put the one that is meant first there'
const flagsHint = 'sudo, su and doas get the flags that they need; set others in their own configuration'
const checkingHint = 'give --host-key-checking strict, accept-new or off'

/** By name, what to do instead; empty where nothing is lost. */
const ignored: ReadonlyMap<string, string> = new Map([
  ['ansible_host_key_checking', checkingHint],
  ['ansible_ssh_host_key_checking', checkingHint],
  ['ansible_private_key', fileHint],
  ['ansible_ssh_private_key', fileHint],
  [
    'ansible_ssh_executable',
    'connection: openssh uses the ssh in PATH; put the one that is meant first there',
  ],
  ['ansible_ssh_pkcs11_provider', 'name it in ssh_config (PKCS11Provider), with connection: openssh'],
  ...['ansible_become_exe', 'ansible_sudo_exe', 'ansible_su_exe', 'ansible_doas_exe'].map(
    (name): [string, string] => [name, programHint],
  ),
  ...['ansible_become_flags', 'ansible_sudo_flags', 'ansible_su_flags', 'ansible_doas_flags'].map(
    (name): [string, string] => [name, flagsHint],
  ),
  ['ansible_sudo_chdir', 'name the folder in the playbook: cwd'],
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

/** One warning for each name, at the first place where it is set. */
export const ignoredSettings = ({
  hosts,
  groups,
  folders,
}: Pick<Inventory, 'hosts' | 'groups' | 'folders'>): Warning[] => {
  const layers: readonly Variables[] = [
    ...[...groups.values(), ...hosts.values()].map(({ variables }) => variables),
    ...folders.flatMap((folder) => [...folder.groups.values(), ...folder.hosts.values()]),
  ]
  return [...ignored].flatMap(([name, hint]) => {
    const found = layers.find((variables) => variables.has(name))?.get(name)
    return found === undefined ? [] : [warning(`${name} has no effect here`, found.place, hint)]
  })
}
