import { CoxswainError } from '../errors.ts'
import type { Place } from '../errors.ts'
import { discreet } from './place.ts'

/** An error at a place of an inventory. A line that seems to contain a secret is not shown. */
export const invalid = (message: string, place: Place, hint?: string): CoxswainError =>
  new CoxswainError('inventory-invalid', message, { place: discreet(place), hint })
