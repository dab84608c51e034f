import type { Selector } from './select.ts'
import type { Task } from './task.ts'

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
  /** All hosts of a group in inventory order, whatever `--limit` says. An unknown group is an error. */
  readonly group: (name: string) => readonly PlaybookHost<Vars>[]
}

/** How to act as another user: `true` for root, a name for that user. */
export type Become = boolean | string

export interface PlaySpec<Vars> {
  readonly hosts: Selector
  /** The inventory may lack the group that `hosts` names: then the play has no host, and that is fine. */
  readonly optional?: boolean
  /** Act as root (`true`) or another user through sudo. The inventory's `become` where absent. */
  readonly become?: Become
  /** How many hosts at a time go through the whole play; all of them when absent. */
  readonly serial?: number
  /** The list of tasks for a host: pure, no input or output, no clock. */
  readonly tasks: (ctx: PlayContext<Vars>) => readonly Task[]
  /** Tasks by name that run once at the end of the play on the hosts where a task notified them. */
  readonly handlers?: (ctx: PlayContext<Vars>) => Readonly<Record<string, Task>>
}

/** A play of a playbook, its type of variables still open. */
export interface Play<Vars> extends PlaySpec<Vars> {
  readonly name: string
}

/** Makes a play of a playbook whose variables have the type `Vars`. */
export type PlayMaker<Vars> = (name: string, spec: PlaySpec<Vars>) => Play<Vars>
