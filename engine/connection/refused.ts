/** Connections that fail when they are used. */
import type { CoxswainError } from '../errors.ts'
import type { Connection } from './types.ts'

/** A connection of an unsupported kind: only this host fails, and only when it is used. */
export const refusedConnection = (description: string, error: CoxswainError): Connection => ({
  description,
  execute: () => Promise.reject(error),
  close: () => Promise.resolve(),
})

/** A connection without become; requests as the login user work. */
export const withoutBecome = (connection: Connection, error: CoxswainError): Connection => ({
  description: connection.description,
  execute: (request) =>
    request.identity === undefined ? connection.execute(request) : Promise.reject(error),
  close: () => connection.close(),
})
