import type { Variables } from '../../engine/inventory/types.ts'

/** Returns the values of variables, without their places. */
export const plainVariables = (variables: Variables): Record<string, unknown> =>
  Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))
