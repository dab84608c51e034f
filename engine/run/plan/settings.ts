/** The settings of a task in a plan: its own options, and those of the blocks and the play around it. Pure. */
import { listed } from '../../dsl/options.ts'
import type { Become } from '../../dsl/play.ts'
import type { Selector, StepOptions } from '../../dsl/types.ts'

/** The settings of a task: its own, or inherited from blocks and the play. */
export interface Settings {
  readonly become: Become | undefined
  readonly on: Selector | undefined
  readonly env: Readonly<Record<string, string>> | undefined
  readonly cwd: string | undefined
  readonly ignoreErrors: boolean
  readonly oncePer: StepOptions['oncePer']
  readonly throttle: number | undefined
  /** Whether its play refuses tasks that can change a host. */
  readonly readOnly: boolean
  /** Whether it has a condition, its own or an inherited one. */
  readonly conditional: boolean
  readonly tags: readonly string[]
  /**
   * For each `never` that applies, the tags next to it: one of them must be given. Inherited tags do not count;
   * otherwise the tag of a play would run tasks that must only run when named.
   */
  readonly locks: readonly (readonly string[])[]
}

/** The default settings. */
export const usualSettings: Settings = {
  become: undefined,
  on: undefined,
  env: undefined,
  cwd: undefined,
  ignoreErrors: false,
  oncePer: undefined,
  throttle: undefined,
  readOnly: false,
  conditional: false,
  tags: [],
  locks: [],
}

/** The options of a step or play for its tasks. */
type Said = { readonly [Key in keyof StepOptions]?: StepOptions[Key] | undefined }

/** Merges the options of a step into the settings around it. Steps without options share these. */
export const within = (around: Settings, options: Said): Settings => {
  if (Object.keys(options).length === 0) return around
  const { become, on, env, cwd, ignoreErrors, oncePer, throttle } = options
  const own = listed(options.tags)
  return {
    become: become ?? around.become,
    on: on ?? around.on,
    env: env === undefined ? around.env : { ...around.env, ...env },
    cwd: cwd ?? around.cwd,
    ignoreErrors: ignoreErrors ?? around.ignoreErrors,
    oncePer: oncePer ?? around.oncePer,
    throttle: throttle ?? around.throttle,
    readOnly: around.readOnly,
    conditional: around.conditional || options.when !== undefined,
    tags: own.length === 0 ? around.tags : [...new Set([...around.tags, ...own])],
    locks: own.includes('never') ? [...around.locks, own] : around.locks,
  }
}
