/** The names of what says how to reach a host: ours, and Ansible's for the same. */
import type { Variable, Variables } from '../types.ts'

/**
 * Our names, each with Ansible's. Of several that Ansible has for one setting the last one counts, wherever it is set: it
 * looks at the merged variables of a host.
 */
const ansibleNames = {
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

/** Every name that says how to reach a host. */
export const settingNames: readonly string[] = Object.entries(ansibleNames).flat(2)

/** Ansible's names of a setting. */
export const ansibleNamesOf = (setting: Setting): readonly string[] => ansibleNames[setting]

/** All names of the setting that a variable is, ours first; undefined for a variable that is none. */
export const settingWith = (name: string): readonly string[] | undefined =>
  Object.entries(ansibleNames)
    .map(([ours, theirs]) => [ours, ...theirs])
    .find((names) => names.includes(name))

/** Where a setting is set. */
interface Found {
  readonly name: string
  readonly variable: Variable
  readonly layer: number
}

const lastOf = (layers: readonly Variables[], name: string): Found | undefined => {
  const layer = layers.findLastIndex((one) => one.has(name))
  const variable = layers[layer]?.get(name)
  return variable === undefined ? undefined : { name, variable, layer }
}

/** The way to become another user that a name is for; undefined for a name that is for all. */
const methodOf = (name: string): string | undefined =>
  /^ansible_(sudo|su|doas)_(?:user|pass)$/.exec(name)?.[1]

/** The way to become another user on a host, by its short name. */
const becomeMethod = (layers: readonly Variables[]): string => {
  const value = countingName(layers, ['become_method', ...ansibleNames.become_method])?.variable.value
  return typeof value === 'string' ? value.replace(/^.*\./, '') : 'sudo'
}

/**
 * Which of the names of a setting counts. Of Ansible's it is the last one that has a value, as in Ansible. Between that one and
 * ours the more specific layer counts, and ours where both are in one.
 *
 * @param layers of a host, the strongest last.
 * @param names of a setting, ours first.
 */
export const countingName = (
  layers: readonly Variables[],
  [ours = '', ...theirs]: readonly string[],
): Found | undefined => {
  const own = lastOf(layers, ours)
  const method = theirs.some((name) => methodOf(name) !== undefined) ? becomeMethod(layers) : undefined
  const found = theirs
    .filter((name) => (methodOf(name) ?? method) === method)
    .flatMap((name) => lastOf(layers, name) ?? [])
  const other = found.findLast(({ variable }) => variable.value !== null) ?? found.at(-1)
  if (own === undefined || other === undefined) return own ?? other
  return own.layer >= other.layer ? own : other
}

/**
 * The settings of a host, by our names.
 *
 * @param layers of the host, the strongest last.
 */
export const settingsOf = (layers: readonly Variables[]): Map<string, Variable> => {
  const settings = new Map<string, Variable>()
  for (const [ours, theirs] of Object.entries(ansibleNames)) {
    const found = countingName(layers, [ours, ...theirs])
    if (found !== undefined) settings.set(ours, { ...found.variable, called: found.name })
  }
  return settings
}
