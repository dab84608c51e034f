/** Hosts, groups and variables as plain data, the result of all inventory sources. */
import type { Place } from '../errors.ts'
import type { Warning } from './warning.ts'

/** The value of a variable, as Ansible reads it, with its place. Parts of the value can be {@link Sealed}. */
export interface Variable {
  readonly value: unknown
  /** The same with a `Scalar` for every value that is not plain text; by default the value itself. */
  readonly written?: unknown
  /** The text as typed, on the command line or in INI. */
  readonly typed?: string
  /** It was encrypted or comes from elsewhere: the value and its line must not be shown. */
  readonly hidden?: true
  readonly place: Place
  /** The name that it is set by, if it is read by another name. */
  readonly called?: string
  /** Whether it is a part of another word: the port of `web1:2222`. */
  readonly implied?: boolean
  /** The base of relative paths, if it is not the folder of the file. */
  readonly base?: string
  /** The overridden value of an earlier source or file in the same layer, for --explain. */
  readonly before?: Variable
}

export type Variables = ReadonlyMap<string, Variable>

export interface Group {
  readonly name: string
  /** Names of child groups, in the order written. */
  readonly children: readonly string[]
  /** Names of hosts listed directly in this group, in the order written, ranges expanded. */
  readonly hosts: readonly string[]
  /** Variables written in the inventory itself. */
  readonly variables: Variables
  /** `ansible_group_priority`: of groups at the same depth, the higher one wins; 1 by default. */
  readonly priority: number
}

/** The variables in `group_vars/` and `host_vars/` of one folder. */
export interface VariablesFolder {
  /** What the folder belongs to: variables next to the playbook override those next to an inventory. */
  readonly beside: 'inventory' | 'playbook'
  /** Variables by the name of the group. */
  readonly groups: ReadonlyMap<string, Variables>
  /** Variables by the name of the host. */
  readonly hosts: ReadonlyMap<string, Variables>
  /** Paths in it that do not match a group or host of this inventory. */
  readonly unread: readonly string[]
  readonly warnings: readonly Warning[]
}

export interface InventoryHost {
  readonly name: string
  /** Variables of the host in the inventory itself. */
  readonly variables: Variables
  /** The file that first names it; undefined for a host of `-i a,b,`. */
  readonly source?: string | undefined
}

/**
 * An inventory. `all` and `ungrouped` always exist and come first; every group is a descendant of `all`. Hosts and groups keep the
 * order in which the inventory first names them; `hostsOfGroup` gives the order of hosts in a group.
 */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, InventoryHost>
  readonly groups: ReadonlyMap<string, Group>
  /** Variables of every host, from the settings of the project: everything else counts before them. */
  readonly defaults?: Variables
  /** The folders of the inventories in the given order, then of the playbook; later ones win. */
  readonly folders: readonly VariablesFolder[]
  /** Warnings about values that might not be intended. */
  readonly warnings: readonly Warning[]
  /** A connection variable with a name of Ansible that a host or group sets, such as `ansible_host`; undefined without one. */
  readonly ansibleName?: string | undefined
}

/** A host with its groups (including ancestors, `all` first) and merged variables. */
export interface Host {
  readonly name: string
  readonly groups: readonly string[]
  /** Variables by the names as written, ours and Ansible's. */
  readonly variables: Variables
  /** Connection variables by our names: the most specific layer wins, with either name. */
  readonly settings: Variables
}
