/** Which node a host of the inventory is. Pure. */
import type { NodeState } from './types.ts'

/** A host by its name in the inventory, and its address. */
export interface NodePlace {
  readonly name: string
  readonly address: string
}

/** The node of a host: that of its name, or else that at its address. */
export const nodeOf = (nodes: readonly NodeState[], { name, address }: NodePlace): NodeState | undefined =>
  nodes.find((node) => node.name === name) ?? nodes.find(({ addresses }) => addresses.includes(address))
