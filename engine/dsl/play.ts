import {
  becomeKind,
  checkedElsewhere,
  envKind,
  folderKind,
  oneOfKind,
  booleanKind,
  wordsKind,
  functionKind,
} from './option-kinds.ts'
import type { Kinds } from './option-kinds.ts'
import { selectorKind } from './options.ts'
import type { Handlers, Notifiable } from './handler-names.ts'
import type { Step } from './step.ts'
import type { Selector } from './types.ts'

/** A host as a playbook sees it: with its variables, checked and typed. */
export interface PlaybookHost<Vars> {
  /** Its name in the inventory. */
  readonly name: string
  /** All its groups, `all` first. */
  readonly groups: readonly string[]
  /** The address for connections: the variable `address`, or else the name. */
  readonly address: string
  /** The folder of the inventory file that first names it, beside which `group_vars/` is read; undefined for a host of `-i a,b,`. */
  readonly inventoryFolder?: string | undefined
  /** The variables of the host, as the playbook's schema returned them. */
  readonly vars: Vars
}

/** The argument of `tasks(…)`, which is called once for each host before anything connects. */
export interface PlayContext<Vars> {
  /** The host whose tasks are listed. */
  readonly host: PlaybookHost<Vars>
  /** The variables of this host: the same as `host.vars`. */
  readonly vars: Vars
  /**
   * All hosts of a group, in its order (its own, then those of its children), regardless of `--limit`. An unknown
   * group is an error.
   */
  readonly group: (name: string) => readonly PlaybookHost<Vars>[]
}

/** The user to act as: `true` for root, or a name. */
export type Become = boolean | string

/** A number of hosts, or a percentage of the play's hosts, at least one. */
export type Portion = number | `${number}%`

/** What an author writes of a play. */
export interface PlaySpec<Vars, Its extends Handlers = Handlers> {
  /** The hosts of the play: a pattern such as `web:&staging`, a pick, or all but a pick. */
  readonly hosts: Selector
  /** Whether the group of `hosts` can be missing in the inventory: then the play has no hosts, without an error. */
  readonly optional?: boolean
  /** Act as root (`true`) or another user, with sudo. Default: `become` of the inventory. */
  readonly become?: Become
  /**
   * How many hosts run the complete play at a time; all by default. A list has the sizes of successive batches; its
   * last entry repeats.
   *
   * @example
   * serial: [1, '25%', '100%']
   */
  readonly serial?: Portion | readonly Portion[]
  /**
   * `free` (the default): each host continues as soon as it can. `linear`: no host of a batch begins a task before
   * all hosts have ended the task before.
   */
  readonly strategy?: 'free' | 'linear'
  /**
   * Refuses tasks that can change a host, those of roles and made from values included: the play only looks. A run of such plays takes
   * no locks, so it can look on while another run works.
   */
  readonly readOnly?: boolean
  /** Stops all hosts of the play before their next task as soon as one fails or is unreachable. */
  readonly anyErrorsFatal?: boolean
  /**
   * The percentage of a batch that can fail or be unreachable while the run continues without them. If more do, the
   * others stop before their next task, and the run ends. By default, the others finish the play, and the run ends.
   */
  readonly maxFailPercentage?: number
  /** Tags of all its tasks, for `--tags` and `--skip-tags`. */
  readonly tags?: string | readonly string[]
  /** Environment variables of all commands. Not for secrets: other users on the host may read them. */
  readonly env?: Readonly<Record<string, string>>
  /** Working directory of all commands. */
  readonly cwd?: string
  /** The list of tasks for a host: pure, no input or output, no clock. */
  readonly tasks: (ctx: PlayContext<Vars>) => readonly Step<Notifiable<NoInfer<Its>>>[]
  /**
   * Tasks by name that run once at the end of the play on hosts where a task notified them, by that name or by a
   * topic that they listen to. A handler that could not run because the run failed is remembered and runs in the next
   * run.
   */
  readonly handlers?: (ctx: PlayContext<Vars>) => Its
}

/** A play of a playbook with variables of the type `Vars`. */
export interface Play<Vars> extends PlaySpec<Vars> {
  /** Its name, as a run and `--list-tasks` show it. */
  readonly name: string
}

/** Makes a play of a playbook whose variables have the type `Vars`. */
export type PlayMaker<Vars> = <Its extends Handlers = never>(
  name: string,
  spec: PlaySpec<Vars, Its>,
) => Play<Vars>

/** The options of a play. */
export const playKinds: Kinds<PlaySpec<unknown>> = {
  hosts: selectorKind,
  optional: booleanKind,
  become: becomeKind,
  serial: checkedElsewhere,
  strategy: oneOfKind('free', 'linear'),
  readOnly: booleanKind,
  anyErrorsFatal: booleanKind,
  maxFailPercentage: {
    fits: (value) => typeof value === 'number' && value >= 0 && value <= 100,
    hint: 'it is a percentage of the hosts, from 0 to 100',
  },
  tags: wordsKind,
  env: envKind,
  cwd: folderKind,
  tasks: functionKind('write tasks: ({ host, vars }) => [ … ]'),
  handlers: functionKind('write handlers: () => ({ restart: … })'),
}
