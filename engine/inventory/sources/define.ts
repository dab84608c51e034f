/** The types of an inventory in a TypeScript module. */
import type { Secret } from '../../secret.ts'
import type { Setting } from '../variables/setting-names.ts'

/** Variables: those for the connection, and those that playbooks read. */
export type InventoryVariables = Readonly<Record<string, unknown>> & {
  readonly [Name in Setting]?: string | number | boolean | Secret
}

/** Hosts with their variables, or only names; a name can have ranges and a port: `web[01:20]`. */
export type InventoryHosts = Readonly<Record<string, InventoryVariables>> | readonly string[]

/** A group: its hosts, child groups, and common variables. */
export interface InventoryGroupSpec {
  /** Hosts that are directly in the group. */
  readonly hosts?: InventoryHosts
  /** Names of other groups in `groups`. */
  readonly children?: readonly string[]
  /** Variables of all its hosts, those of its child groups included. */
  readonly vars?: InventoryVariables
}

/** An inventory as plain data. */
export interface InventorySpec {
  /** Variables of every host. */
  readonly vars?: InventoryVariables
  /** Hosts without a group. */
  readonly hosts?: InventoryHosts
  /** Groups by name. */
  readonly groups?: Readonly<Record<string, InventoryGroupSpec>>
}

/** The default export of an inventory module: an inventory, or a function that returns one. */
export type InventoryModule = InventorySpec | (() => InventorySpec | Promise<InventorySpec>)

/**
 * Defines an inventory, for the default export of a module that is given with `-i`. It returns its argument and provides its
 * types.
 *
 * @example
 * export default defineInventory(async () => ({
 *   vars: { user: 'ops' },
 *   groups: { web: { hosts: await machinesOf('web') } },
 * }))
 */
export const defineInventory = (inventory: InventoryModule): InventoryModule => inventory
