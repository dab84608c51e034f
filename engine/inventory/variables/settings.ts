/** The names of what says how to reach a host: ours, and Ansible's for the same. */
import type { Variable, Variables } from '../types.ts'

/** Our names, each with Ansible's, which are read where ours is not given. */
const ansibleNames = {
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  private_key_file: ['ansible_ssh_private_key_file', 'ansible_private_key_file'],
  known_hosts_file: [],
  ssh_config: [],
  proxy_jump: [],
  forward_agent: [],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  passphrase: ['ansible_ssh_private_key_passphrase'],
  connection: ['ansible_connection'],
  connect_timeout: ['ansible_ssh_timeout'],
  become: ['ansible_become'],
  become_method: ['ansible_become_method'],
  become_user: ['ansible_become_user'],
  become_timeout: [],
  become_password: ['ansible_become_password', 'ansible_become_pass'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Our name of a setting. */
export type Setting = keyof typeof ansibleNames

/** Every name that says how to reach a host. */
export const settingNames: readonly string[] = Object.entries(ansibleNames).flat(2)

/** Ansible's names of a setting. */
export const ansibleNamesOf = (setting: Setting): readonly string[] => ansibleNames[setting]

/** All names of the setting that a variable is, ours first; undefined for a variable that is none. */
export const settingWith = (name: string): readonly string[] | undefined =>
  Object.entries(ansibleNames)
    .map(([ours, theirs]) => [ours, ...theirs])
    .find((names) => names.includes(name))

/**
 * The settings of one layer of variables, by our names. Where a layer has both names, ours counts: merging layers of
 * these lets the most specific one win, whichever name it uses.
 */
export const settingsOf = (layer: Variables): Map<string, Variable> => {
  const settings = new Map<string, Variable>()
  for (const [ours, theirs] of Object.entries(ansibleNames)) {
    const found = [ours, ...theirs].map((name) => layer.get(name)).find((variable) => variable !== undefined)
    if (found !== undefined) settings.set(ours, found)
  }
  return settings
}
