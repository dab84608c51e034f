import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { family } from './reading/family.ts'
import { readNetwork } from './reading/network.ts'
import type { Network } from './reading/network.ts'

/** The address from which a host reaches others, and its default route. */
export interface DefaultAddress {
  readonly address: string
  readonly family: 4 | 6
  /** Bits of the prefix of its network. */
  readonly prefix: number
  /** The name of the interface. */
  readonly device: string
  /** Undefined for a route without one, such as that of a tunnel. */
  readonly gateway: string | undefined
  /** The hardware address of the interface. */
  readonly mac: string | undefined
  readonly mtu: number | undefined
}

/** The default address of a family; undefined without a default route, or without an address on its interface. */
export const defaultAddressIn = (
  { links, addresses, routes }: Network,
  wanted: 4 | 6,
): DefaultAddress | undefined => {
  for (const { family: of, gateway, device, source } of routes) {
    if (of !== wanted) continue
    const own = addresses.filter((one) => one.family === wanted && one.scope === 'global')
    const there = own.filter((one) => one.device === device)
    const chosen =
      own.find((one) => one.address === source) ?? there.find(({ lasting }) => lasting) ?? there[0]
    if (chosen === undefined) continue
    const link = links.find(({ name }) => name === device)
    const { address, prefix } = chosen
    return { address, family: wanted, prefix, device, gateway, mac: link?.mac, mtu: link?.mtu }
  }
  return undefined
}

/** Reads the address of a host from which it reaches others. */
export const defaultAddress = defineTask({
  name: 'default-address',
  description: 'Reads the address of a host on the interface of its default route, and the gateway.',
  reads: 'ip',
  example: {},
  params: () =>
    z.object({
      family: family()
        .optional()
        .describe('the family of the address; by default 4, and 6 on a host without a default route for 4'),
    }),
  async check({ remote }, { family: wanted }) {
    const network = await readNetwork(remote)
    const families = wanted === undefined ? ([4, 6] as const) : ([wanted] as const)
    for (const one of families) {
      const found = defaultAddressIn(network, one)
      if (found !== undefined) return ok(found)
    }
    throw new CoxswainError(
      'task-failed',
      `the host has no default route${wanted === undefined ? '' : ` for IPv${wanted}`} with an address`,
      { hint: 'the fact addresses lists all addresses of a host' },
    )
  },
})
