import type { Place } from '../errors.ts'
import { discreet } from './place.ts'

/** Something in an inventory that is read, but that its author may have meant otherwise. */
export interface Warning {
  readonly message: string
  readonly place: Place
  /** What to do; empty where nothing needs to be done. */
  readonly hint: string
}

/** A warning at a place; a line that looks like it holds a secret is not shown. */
export const warning = (message: string, place: Place, hint = ''): Warning => ({
  message,
  place: discreet(place),
  hint,
})
