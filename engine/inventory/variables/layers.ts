/** The precedence of variables. Pure. */
import type { Inventory, Variables, VariablesFolder } from '../types.ts'

/** One source of variables of a host. */
export interface Layer {
  /** Its name, for messages: `all`, `group web`, `host web1`, `-e`. */
  readonly label: string
  readonly variables: Variables
  /** {@link Inventory.ansibleName} of its inventory. */
  readonly ansibleName?: string | undefined
}

/**
 * The layers of a host in Ansible's order of precedence, the strongest last
 * (https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence):
 * variables of `all` and of groups in the inventories themselves, then `group_vars/all`, then `group_vars/` of the other
 * groups, then variables of the host in the inventories, then `host_vars/`, then the command line. Files next to the
 * playbook override those next to an inventory at each of these steps. Settings of the project come before all.
 *
 * @param groups the host's groups: `all` first, the strongest last.
 */
export const layersOf = (
  inventory: Inventory,
  host: string,
  groups: readonly string[],
  extra: Variables = new Map(),
): Layer[] => {
  const { folders, ansibleName } = inventory
  const inside = ['inventory', 'playbook'].map((beside) => folders.filter((one) => one.beside === beside))
  const others = groups.filter((name) => name !== 'all')
  const labelOf = (group: string): string => (group === 'all' ? 'all' : `group ${group}`)
  const written = (names: readonly string[]) =>
    names.map((name) => ({ label: labelOf(name), variables: inventory.groups.get(name)?.variables }))
  const ofGroups = (some: readonly VariablesFolder[], names: readonly string[]) =>
    some.flatMap((folder) =>
      names.map((name) => ({ label: labelOf(name), variables: folder.groups.get(name) })),
    )
  const ofHost = (some: readonly VariablesFolder[]) =>
    some.map((folder) => ({ label: `host ${host}`, variables: folder.hosts.get(host) }))
  const all = groups.includes('all') ? ['all'] : []
  return [
    { label: 'settings', variables: inventory.defaults },
    ...written(all),
    ...written(others),
    ...inside.flatMap((some) => ofGroups(some, all)),
    ...inside.flatMap((some) => ofGroups(some, others)),
    { label: `host ${host}`, variables: inventory.hosts.get(host)?.variables },
    ...inside.flatMap(ofHost),
    { label: '-e', variables: extra },
  ].flatMap(({ label, variables }) =>
    variables === undefined || variables.size === 0
      ? []
      : [{ label, variables, ...(ansibleName !== undefined && { ansibleName }) }],
  )
}
