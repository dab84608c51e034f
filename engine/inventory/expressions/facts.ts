/** Names that Ansible has only in a run. Pure. */
import { nearest } from '../nearest.ts'
import { misspeltSetting } from '../variables/misspelt.ts'
import { Undefined } from './values.ts'

/** The undefined value of a name, which says what can be meant. */
export const undefinedName = (name: string, known: Iterable<string>): Undefined => {
  const word = name
  const meant = misspeltSetting(name)
  if (meant !== undefined)
    return new Undefined(`${name} is undefined`, { word, hint: `did you mean ${meant}?` })
  const guess = nearest(name, known)
  if (guess !== undefined)
    return new Undefined(`${name} is undefined`, { word, hint: `did you mean ${guess}?` })
  if (name.startsWith('ansible_'))
    return new Undefined(`${name} is undefined: facts of a host are not gathered for an inventory`, {
      word,
      hint: 'set the variable, or read the fact in the playbook',
    })
  return new Undefined(`${name} is undefined`, { word })
}
