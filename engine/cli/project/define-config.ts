/** What authors write in `coxswain.config.ts`. */
import type { HostKeyChecking } from '../../connection/types.ts'
import type { Setting } from '../../inventory/variables/setting-names.ts'
import type { EventLine } from '../../report/json-events.ts'

/** How hosts are reached where the inventory does not say it; passwords belong into the inventory, encrypted. */
export type ConnectionDefaults = {
  readonly [Name in Exclude<Setting, 'address' | 'password' | 'passphrase' | 'become_password'>]?:
    | string
    | number
    | boolean
}

/** Functions that are called with the events of a run, by type; `docs/events.md` describes them. */
export type Hooks = {
  readonly [Type in EventLine['type']]?: (
    event: Extract<EventLine, { readonly type: Type }>,
  ) => void | Promise<void>
}

/** The settings of a project. Paths are relative to the file that holds them. */
export interface Config {
  /** Inventories, in the order in which `-i` would name them. */
  readonly inventories?: readonly string[]
  /** The folder of playbooks: `run site` runs `site.ts` in it; `playbooks` by default. */
  readonly playbooks?: string
  /** Folders of task files: `run greeting` runs the task of `greeting.ts` in one of them. */
  readonly tasks?: readonly string[]
  /** Hosts to work on at the same time. */
  readonly forks?: number
  /** How keys of hosts are checked. */
  readonly hostKeyChecking?: HostKeyChecking
  /** How hosts are reached: variables with less precedence than any in the inventory. */
  readonly connection?: ConnectionDefaults
  /** Outputs of a run, as after `--output`: `tree`, `junit=report.xml`. */
  readonly outputs?: readonly string[]
  /** Files of age identities. */
  readonly ageKeyFiles?: readonly string[]
  /** Files with passwords of Ansible Vault, or programs that print them. */
  readonly vaultPasswordFiles?: readonly string[]
  /** The same with vault ids: `label@source`. */
  readonly vaultIds?: readonly string[]
  /** For whom `run secret` encrypts: recipients of age, `age1…`, or files of them. */
  readonly recipients?: readonly string[]
  /** Functions that are called with the events of a run, by type. */
  readonly hooks?: Hooks
}

/**
 * The settings of a project, for the default export of `coxswain.config.ts`. It gives back what it is given; it is there for
 * its types.
 *
 * @example
 * export default defineConfig({
 *   inventories: ['inventory.yaml'],
 *   forks: 50,
 *   connection: { user: 'ops', become: true },
 *   hooks: { 'run-end': async ({ recap }) => notify(recap) },
 * })
 */
export const defineConfig = (config: Config): Config => config
