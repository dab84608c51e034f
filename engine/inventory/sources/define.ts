/** The shape of an inventory that is a TypeScript module. */
import type { Secret } from '../../secret.ts'
import type { Setting } from '../variables/settings.ts'

/** Variables: how to reach a host, and whatever playbooks read. */
export type InventoryVariables = Readonly<Record<string, unknown>> & {
  readonly [Name in Setting]?: string | number | boolean | Secret
}

/** Hosts with their variables, or names alone; a name may have ranges and a port: `web[01:20]`. */
export type InventoryHosts = Readonly<Record<string, InventoryVariables>> | readonly string[]

/** A group: what it holds, and what all below it have in common. */
export interface InventoryGroupSpec {
  readonly hosts?: InventoryHosts
  /** Names of groups that stand beside this one. */
  readonly children?: readonly string[]
  readonly vars?: InventoryVariables
}

/** An inventory as plain data. */
export interface InventorySpec {
  /** Of every host. */
  readonly vars?: InventoryVariables
  /** Hosts that are in no group. */
  readonly hosts?: InventoryHosts
  readonly groups?: Readonly<Record<string, InventoryGroupSpec>>
}

/** What an inventory module exports as its default: an inventory, or a function that gives one. */
export type InventoryModule = InventorySpec | (() => InventorySpec | Promise<InventorySpec>)

/**
 * An inventory, for the default export of a module that `-i` names. It gives back what it is given; it is there for its
 * types.
 *
 * @example
 * export default defineInventory(async () => ({
 *   vars: { user: 'ops' },
 *   groups: { web: { hosts: await machinesOf('web') } },
 * }))
 */
export const defineInventory = (inventory: InventoryModule): InventoryModule => inventory
