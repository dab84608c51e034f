/** Regular expressions that people gave, and texts that shall be taken as they stand. */
import { CoxswainError } from '../engine/index.ts'

/**
 * A pattern that a person gave.
 *
 * @throws `params-invalid` when it is none.
 */
export const pattern = (source: string, flags = ''): RegExp => {
  try {
    return new RegExp(source, flags)
  } catch (cause) {
    throw new CoxswainError('params-invalid', `not a regular expression: ${source}`, { cause })
  }
}

/** A text as a part of a regular expression that matches just it. */
export const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
