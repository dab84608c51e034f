/** Where the value of an option comes from: the command line, the environment, the settings of the project, or its default. */
import type { Given, OptionSpec, SettingName } from '../define-option.ts'
import { refuseUntrustedInventory } from './found-file.ts'
import type { Project } from './project.ts'

/** The source of an option's value, and its texts; no texts for `default`. */
export interface Origin {
  readonly source: 'command line' | 'environment' | 'settings' | 'found' | 'default'
  /** The variable of the environment. */
  readonly variable?: string
  readonly texts: readonly (string | undefined)[]
}

type Settings = Pick<Project, 'texts' | 'defaultInventory'>

/**
 * Where the value of an option comes from, in the order in which sources count.
 *
 * @throws `config-unsafe` for an inventory that was found and that another user could have written.
 */
export const originOf = (
  option: OptionSpec<unknown>,
  given: Given,
  { texts, defaultInventory }: Settings,
  env: Readonly<Record<string, string | undefined>>,
): Origin => {
  const typed = given(option)
  if (typed.length > 0) return { source: 'command line', texts: typed }
  const { setting } = option
  if (setting === undefined) return { source: 'default', texts: [] }
  const variable = setting.env.find((name) => (env[name] ?? '') !== '')
  // what reads the variable is not the option
  if (variable !== undefined) return { source: 'environment', variable, texts: [] }
  const named = texts.get(setting.name)
  if (named !== undefined) return { source: 'settings', texts: named }
  const inventories: SettingName = 'inventories'
  if (setting.name === inventories && defaultInventory !== undefined) {
    refuseUntrustedInventory(defaultInventory)
    return { source: 'found', texts: [defaultInventory] }
  }
  return { source: 'default', texts: [] }
}
