import { CoxswainError, defineTask, ok, words, z } from '../../engine/index.ts'
import { isAmong, ownAddresses as read } from './addresses/own-addresses.ts'
import type { OwnAddress } from './addresses/own-addresses.ts'

/** Addresses of this machine itself, which no other one can reach. */
const isLocal = ({ address }: OwnAddress): boolean => /^(127\.|::1$|fe80:)/i.test(address)

const shown = ({ address, device }: OwnAddress): string =>
  device === undefined ? address : `${address} (${device})`

/** Fails unless a host has the given addresses. */
export const ownAddresses = defineTask({
  name: 'own-addresses',
  description: 'Fails unless all given addresses are those of interfaces of the host.',
  reads: 'ip addr, or /proc/net',
  example: { addresses: ['127.0.0.1'] },
  params: () =>
    z.object({
      addresses: words().describe('IP addresses that the host must have'),
      setting: z.string().default('addresses').describe('where the user sets them, for the error message'),
    }),
  title: ({ addresses }) => `the host has ${addresses.join(', ')}`,

  async check(ctx, { addresses, setting }) {
    const own = await read(ctx)
    // what cannot be read is not wrong
    if (own === undefined) return ok()
    const absent = addresses.filter((one) => !isAmong(one, own))
    if (absent.length === 0) return ok()
    const others = own.filter((one) => !isLocal(one)).map(shown)
    throw new CoxswainError(
      'task-failed',
      `${absent.join(', ')}: ${ctx.host.name} does not have ${absent.length === 1 ? 'this address' : 'these addresses'}`,
      {
        output: `its addresses: ${others.join(', ')}`,
        hint: `set ${setting} to addresses that the host has`,
      },
    )
  },
})
