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
import type { Step } from './step.ts'
import type { Selector, Task } from './types.ts'

/** A host as a playbook sees it: with its variables, checked and typed. */
export interface PlaybookHost<Vars> {
  readonly name: string
  readonly groups: readonly string[]
  readonly address: string
  readonly vars: Vars
}

/** What `tasks(…)` is given. It is called before anything connects, once for each host. */
export interface PlayContext<Vars> {
  readonly host: PlaybookHost<Vars>
  readonly vars: Vars
  /** All hosts of a group, in its order (its own, then those of its children), whatever `--limit` says. An unknown group is an error. */
  readonly group: (name: string) => readonly PlaybookHost<Vars>[]
}

/** How to act as another user: `true` for root, a name for that user. */
export type Become = boolean | string

/** A number of hosts: so many, or a share of all the play's hosts, at least one. */
export type Portion = number | `${number}%`

export interface PlaySpec<Vars> {
  readonly hosts: Selector
  /** The inventory may lack the group that `hosts` names: then the play has no host, and that is fine. */
  readonly optional?: boolean
  /** Act as root (`true`) or another user through sudo. The inventory's `become` where absent. */
  readonly become?: Become
  /**
   * How many hosts at a time go through the whole play; all of them when absent. A list gives the batches one after another,
   * its last one again and again.
   *
   * @example
   * serial: [1, '25%', '100%']
   */
  readonly serial?: Portion | readonly Portion[]
  /**
   * `free` (unless told): each host goes on as soon as it can. `linear`: no host of a batch begins a task before all
   * others are through with those before it.
   */
  readonly strategy?: 'free' | 'linear'
  /** Stops all hosts of the play, before their next task, as soon as one fails or cannot be reached. */
  readonly anyErrorsFatal?: boolean
  /**
   * How many percent of a batch may fail, or be unreachable, with the run going on without them. When there are more, the
   * others stop before their next task, and the run ends. Unless told, the others finish the play, and the run ends.
   */
  readonly maxFailPercentage?: number
  /** Words to choose all its tasks by with `--tags` and `--skip-tags`. */
  readonly tags?: string | readonly string[]
  /** Environment variables of all commands. Not for secrets: others on the host may read them. */
  readonly env?: Readonly<Record<string, string>>
  /** Working directory of all commands. */
  readonly cwd?: string
  /** The list of tasks for a host: pure, no input or output, no clock. */
  readonly tasks: (ctx: PlayContext<Vars>) => readonly Step[]
  /**
   * Tasks by name that run once at the end of the play on the hosts where a task notified them, by that name or by a topic
   * that they listen to. One that could not run, because the run failed, is remembered and runs the next time.
   */
  readonly handlers?: (ctx: PlayContext<Vars>) => Readonly<Record<string, Task>>
}

/** A play of a playbook, its type of variables still open. */
export interface Play<Vars> extends PlaySpec<Vars> {
  readonly name: string
}

/** Makes a play of a playbook whose variables have the type `Vars`. */
export type PlayMaker<Vars> = (name: string, spec: PlaySpec<Vars>) => Play<Vars>

/** What a play may say. */
export const playKinds: Kinds<PlaySpec<unknown>> = {
  hosts: selectorKind,
  optional: booleanKind,
  become: becomeKind,
  serial: checkedElsewhere,
  strategy: oneOfKind('free', 'linear'),
  anyErrorsFatal: booleanKind,
  maxFailPercentage: {
    fits: (value) => typeof value === 'number' && value >= 0 && value <= 100,
    hint: 'it is a share of the hosts, from 0 to 100',
  },
  tags: wordsKind,
  env: envKind,
  cwd: folderKind,
  tasks: functionKind('write tasks: ({ host, vars }) => [ … ]'),
  handlers: functionKind('write handlers: () => ({ restart: … })'),
}
