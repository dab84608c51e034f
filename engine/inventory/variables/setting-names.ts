/** The names of connection variables: ours, and Ansible's for the same setting. */

/**
 * Our names, each with Ansible's. If Ansible has several names for a setting, the last one wins, wherever it is set: Ansible
 * reads the merged variables of a host.
 */
export const ansibleNames = {
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  private_key_file: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  known_hosts_file: [],
  ssh_config: [],
  ssh_args: ['ansible_ssh_args'],
  ssh_common_args: ['ansible_ssh_common_args'],
  ssh_extra_args: ['ansible_ssh_extra_args'],
  proxy_jump: [],
  forward_agent: [],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  passphrase: ['ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'],
  connection: ['ansible_connection'],
  connect_timeout: ['ansible_ssh_timeout'],
  become: ['ansible_become'],
  become_method: ['ansible_become_method'],
  become_user: ['ansible_become_user', 'ansible_sudo_user', 'ansible_su_user', 'ansible_doas_user'],
  become_timeout: [],
  become_password: [
    'ansible_become_password',
    'ansible_become_pass',
    'ansible_sudo_pass',
    'ansible_su_pass',
    'ansible_doas_pass',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Our name of a setting. */
export type Setting = keyof typeof ansibleNames

/** All names of connection variables. */
export const settingNames: readonly string[] = Object.entries(ansibleNames).flat(2)

/** Ansible's names of a setting. */
export const ansibleNamesOf = (setting: Setting): readonly string[] => ansibleNames[setting]

/** All names of a setting by one of its names, ours first; undefined for another variable. */
export const settingWith = (name: string): readonly string[] | undefined =>
  Object.entries(ansibleNames)
    .map(([ours, theirs]) => [ours, ...theirs])
    .find((names) => names.includes(name))
