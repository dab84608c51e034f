/** Hosts, groups and variables as plain data: what every inventory source is read into. */
import type { Place } from '../errors.ts'

/** A variable's value with the place that gave it. */
export interface Variable {
  readonly value: unknown
  /** The same with every number as the text that stands in the file; the value itself when absent. */
  readonly written?: unknown
  /** What a person typed, whatever it is read as: of the command line only. */
  readonly typed?: string
  readonly place: Place
}

export type Variables = ReadonlyMap<string, Variable>

export interface Group {
  readonly name: string
  /** Names of child groups, in the order written. */
  readonly children: readonly string[]
  /** Names of hosts listed directly in this group, in the order written, ranges expanded. */
  readonly hosts: readonly string[]
  readonly variables: Variables
}

export interface InventoryHost {
  readonly name: string
  /** Variables written at the host itself. */
  readonly variables: Variables
}

/**
 * An inventory. `all` and `ungrouped` always exist. Hosts keep the order in which the inventory first names them.
 */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, InventoryHost>
  readonly groups: ReadonlyMap<string, Group>
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
