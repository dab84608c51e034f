import type { Place } from '../errors.ts'
import { discreet } from './place.ts'

/** A warning about an inventory: it can be read, but might not be intended. */
export interface Warning {
  readonly message: string
  readonly place: Place
  /** What to do; empty if nothing needs to be done. */
  readonly hint: string
  /** The variable that may be misspelt; a playbook that reads a variable of this name needs no warning. */
  readonly variable?: string
}

/** A warning at a place. A line that seems to contain a secret is not shown. */
export const warning = (message: string, place: Place, hint = ''): Warning => ({
  message,
  place: discreet(place),
  hint,
})
