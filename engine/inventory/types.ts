/** Hosts, groups and variables as plain data: what every inventory source is read into. */
import type { Place } from '../errors.ts'
import type { Warning } from './warning.ts'

/** A variable's value, as Ansible reads it, with the place that gave it. Parts of the value may be {@link Sealed}. */
export interface Variable {
  readonly value: unknown
  /** The same with a `Scalar` in the place of every value that is more than its text; the value itself when absent. */
  readonly written?: unknown
  /** What a person typed, whatever it is read as: of the command line and of INI. */
  readonly typed?: string
  /** It was encrypted, or stood elsewhere: neither it nor its line may be shown. */
  readonly hidden?: true
  readonly place: Place
  /** The name that it is set by, where it is read by another one. */
  readonly called?: string
  /** The folder at which a relative path begins, where it is not that of the place's file. */
  readonly base?: string
  /** What the same layer said before, in an earlier source or file: it is of no account, but can be told. */
  readonly before?: Variable
}

export type Variables = ReadonlyMap<string, Variable>

export interface Group {
  readonly name: string
  /** Names of child groups, in the order written. */
  readonly children: readonly string[]
  /** Names of hosts listed directly in this group, in the order written, ranges expanded. */
  readonly hosts: readonly string[]
  /** Those written in the inventory itself. */
  readonly variables: Variables
  /** `ansible_group_priority`: of groups equally deep the higher one wins; 1 where nobody says. */
  readonly priority: number
}

/** What stands in `group_vars/` and `host_vars/` of one folder. */
export interface VariablesFolder {
  /** Whose folder it is: what stands beside the playbook wins over what stands beside an inventory. */
  readonly beside: 'inventory' | 'playbook'
  /** Variables by the name of the group. */
  readonly groups: ReadonlyMap<string, Variables>
  /** Variables by the name of the host. */
  readonly hosts: ReadonlyMap<string, Variables>
  /** Paths in it that are for nobody in this inventory: for another one, or misspelt. */
  readonly unread: readonly string[]
  readonly warnings: readonly Warning[]
}

export interface InventoryHost {
  readonly name: string
  /** Variables written at the host itself. */
  readonly variables: Variables
}

/**
 * An inventory. `all` and `ungrouped` always exist and come first; every group is below `all`. Hosts and groups keep the
 * order in which the inventory first names them; the order of a group's hosts is that of `hostsOfGroup`.
 */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, InventoryHost>
  readonly groups: ReadonlyMap<string, Group>
  /** Those of the inventories in the order given, then that of the playbook; later ones win. */
  readonly folders: readonly VariablesFolder[]
  /** What is read, but may be meant otherwise. */
  readonly warnings: readonly Warning[]
}

/** A host with everything known of it: its groups (ancestors included, `all` first) and its merged variables. */
export interface Host {
  readonly name: string
  readonly groups: readonly string[]
  /** As they are written: our names and Ansible's side by side. */
  readonly variables: Variables
  /** How to reach it, by our names only: the most specific layer wins, whichever name it uses. */
  readonly settings: Variables
}
