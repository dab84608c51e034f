import { defineTask, flag, ok, z } from '../../engine/index.ts'
import { family } from './reading/family.ts'
import { readNetwork } from './reading/network.ts'

/** Reads the addresses of a host. */
export const addresses = defineTask({
  name: 'addresses',
  description: 'Reads the addresses of a host, with their networks and interfaces.',
  reads: 'ip',
  example: { family: 4 },
  params: () =>
    z.object({
      family: family().optional().describe('only addresses of this family; both by default'),
      local: flag()
        .default(false)
        .describe(
          'also addresses that other networks cannot reach: of the loopback and of a link (169.254.…, fe80:…)',
        ),
    }),
  async check({ remote }, { family: wanted, local }) {
    const { addresses: all } = await readNetwork(remote)
    return ok(
      all.filter(
        (one) => (wanted === undefined || one.family === wanted) && (local || one.scope === 'global'),
      ),
    )
  },
})
