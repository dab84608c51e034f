import { defineTask, ok, z } from '../../engine/index.ts'
import { readNetwork } from './reading/network.ts'
import type { HostAddress, Link } from './reading/network.ts'

/** An interface of a host, with its addresses. */
export interface Interface extends Link {
  readonly addresses: readonly HostAddress[]
}

/** Reads the network interfaces of a host. */
export const interfaces = defineTask({
  name: 'interfaces',
  description:
    'Reads the network interfaces of a host: hardware address, MTU, state, and the addresses of each.',
  reads: '/sys/class/net and ip',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    const { links, addresses } = await readNetwork(remote)
    return ok(
      links.map((link): Interface => ({
        ...link,
        addresses: addresses.filter(({ device }) => device === link.name),
      })),
    )
  },
})
