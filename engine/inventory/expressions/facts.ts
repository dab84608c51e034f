/** Names that Ansible has only in a run. Pure. */
import { nearest } from '../nearest.ts'
import { misspeltSetting } from '../variables/misspelt.ts'
import { settingWith } from '../variables/setting-names.ts'
import { Undefined } from './values.ts'

/** Names of Ansible that are not facts, and what to do without them. */
const others: Readonly<Record<string, string>> = {
  ansible_playbook_python:
    "a run has no Python: name the program, or use lookup('pipe', 'command -v python3')",
  ansible_config_file: 'the settings of a project are in coxswain.config.ts',
  ansible_limit: 'name the hosts by a group',
  ansible_verbosity: 'give a variable: -e verbose=1',
  ansible_role_name: 'a role reads its parameters, not variables',
  ansible_parent_role_names: 'a role reads its parameters, not variables',
  ansible_play_role_names: 'a role reads its parameters, not variables',
  ansible_dependent_role_names: 'a role reads its parameters, not variables',
  ansible_loop: 'a variable of an inventory is not in a loop of tasks',
  ansible_loop_var: 'a variable of an inventory is not in a loop of tasks',
  ansible_index_var: 'a variable of an inventory is not in a loop of tasks',
  ansible_search_path: 'give the path of the file',
}

/** The undefined value of a name, which says what can be meant. */
export const undefinedName = (name: string, known: Iterable<string>): Undefined => {
  const word = name
  const because = Object.hasOwn(others, name) ? others[name] : undefined
  if (because !== undefined)
    return new Undefined(`${name} is undefined: it is not there in an inventory`, { word, hint: because })
  const meant = misspeltSetting(name)
  if (meant !== undefined)
    return new Undefined(`${name} is undefined`, { word, hint: `did you mean ${meant}?` })
  if (settingWith(name) !== undefined)
    return new Undefined(`${name} is undefined: no variable of the host sets it`, {
      word,
      hint: 'set it in the inventory, or give a default',
    })
  const guess = name === 'ansible_facts' ? undefined : nearest(name, known)
  if (guess !== undefined)
    return new Undefined(`${name} is undefined`, { word, hint: `did you mean ${guess}?` })
  if (name.startsWith('ansible_'))
    return new Undefined(`${name} is undefined: facts of a host are not gathered for an inventory`, {
      word,
      hint: 'set the variable, or read the fact in the playbook',
    })
  return new Undefined(`${name} is undefined`, { word })
}
