import { randomBytes } from 'node:crypto'

/** A random word for marks, that no command can know. */
export const newNonce = (): string => randomBytes(16).toString('hex')
