import { randomBytes } from 'node:crypto'

/** Creates a random word for marks that no command can know. */
export const newNonce = (): string => randomBytes(16).toString('hex')
