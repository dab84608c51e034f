/** What was asked of a cluster, and whether it could be asked at all: "could not ask" is never the same as "bad". */
import { isCoxswainError } from '../../../engine/index.ts'

/** A value, or why it could not be asked. */
export type Known<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly why: string }

/** A value that could be asked. */
export const known = <const Value>(value: Value): Known<Value> => ({ known: true, value })

/** A value that could not be asked. */
export const notKnown = (why: string): Known<never> => ({ known: false, why })

/** The value if it is known. */
export const valueOf = <Value>(one: Known<Value>): Value | undefined => (one.known ? one.value : undefined)

/** Reads a value. An error of the connection, or of what is read, is the reason why it is not known. */
export const asked = async <Value>(read: () => Promise<Value>): Promise<Known<Value>> => {
  try {
    return { known: true, value: await read() }
  } catch (error) {
    if (!isCoxswainError(error) || error.code === 'interrupted') throw error
    return notKnown(error.message)
  }
}
