/** Warnings for variables with nearly the name of a connection variable, which therefore have no effect on connections. */
import { isNear } from '../nearest.ts'
import type { Inventory } from '../types.ts'
import { warning } from '../warning.ts'
import type { Warning } from '../warning.ts'
import { firstSet } from './first-set.ts'
import { isIgnored } from './ignored.ts'
import { settingNames } from './setting-names.ts'

const prefix = 'ansible_'

/**
 * Returns the connection variable that a name misspells; undefined if there is none.
 *
 * Ansible reserves `ansible_…`, so a misspelling can have two edits there. Other names can have one, and at least six
 * letters: `port` and `user` are too similar to ordinary words. A name with a plural or a number added is another name.
 */
export const misspeltSetting = (name: string): string | undefined => {
  if (settingNames.includes(name) || isIgnored(name)) return undefined
  if (name.startsWith(prefix))
    return settingNames.find((known) => known.startsWith(prefix) && isNear(name, known, 2))
  return settingNames.find(
    (known) =>
      !known.startsWith(prefix) &&
      known.length > 5 &&
      isNear(name, known, 1) &&
      !(name.startsWith(known) && /[s\d_]$/.test(name)),
  )
}

/** One warning per name, at the first place that sets it. */
export const misspeltSettings = (inventory: Pick<Inventory, 'hosts' | 'groups' | 'folders'>): Warning[] =>
  [...firstSet(inventory)].flatMap(([name, { place }]) => {
    const meant = misspeltSetting(name)
    if (meant === undefined) return []
    return [
      { ...warning(`${name} is not a connection variable`, place, `did you mean ${meant}?`), variable: name },
    ]
  })
