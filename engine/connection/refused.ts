/** Connections that fail when they are used, with what the inventory is asked to say instead. */
import type { CoxswainError } from '../errors.ts'
import type { Connection } from './types.ts'

/** A connection that we do not have: the host fails when it is its turn, and no other host is kept from its work. */
export const refusedConnection = (description: string, error: CoxswainError): Connection => ({
  description,
  execute: () => Promise.reject(error),
  close: () => Promise.resolve(),
})

/** A connection on which no other user can be become; what the login user does goes on. */
export const withoutBecome = (connection: Connection, error: CoxswainError): Connection => ({
  description: connection.description,
  execute: (request) =>
    request.identity === undefined ? connection.execute(request) : Promise.reject(error),
  close: () => connection.close(),
})
