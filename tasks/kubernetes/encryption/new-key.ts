/** Makes keys of encryption at rest. */
import { randomBytes } from 'node:crypto'
import type { CheckContext } from '../../../engine/index.ts'
import type { Key } from './config.ts'
import { keyName } from './stages.ts'

/** The clock of a host: keys are named by it. */
export const clockOf = async ({ remote }: CheckContext): Promise<Date> =>
  new Date(Number(await remote.query`date +%s`.text()) * 1000)

/** A new key of 32 random bytes, which each of the providers takes. It is made on this machine, and named by the clock of a host. */
export const newKey = async (ctx: CheckContext): Promise<Key> => ({
  name: keyName(await clockOf(ctx)),
  secret: randomBytes(32).toString('base64'),
})
