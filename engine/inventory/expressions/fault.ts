/** An error in an expression, before it is reported at the place of the value. */
import type { Place } from '../../errors.ts'

/** The parts of a fault. */
export interface FaultDetails {
  /** The word in the expression that is wrong; the caret is put below it. */
  readonly word?: string | undefined
  readonly hint?: string | undefined
}

/** The value that a fault is in. */
export interface FaultyValue {
  /** The path of the variable: `creds.user`. */
  readonly path: string
  /** The text with the expression; undefined if it must not be shown. */
  readonly text: string | undefined
  readonly place: Place
}

/** What is wrong with an expression. Its message contains names, never values, which can be secrets. */
export class Fault extends Error {
  readonly word: string | undefined
  readonly hint: string | undefined
  /** The innermost value whose expression is wrong. */
  readonly at: FaultyValue | undefined

  constructor(message: string, { word, hint }: FaultDetails = {}, at?: FaultyValue) {
    super(message)
    this.word = word
    this.hint = hint
    this.at = at
  }

  /** The fault in a value; one that has a value keeps it. */
  in(value: FaultyValue): Fault {
    return this.at === undefined ? new Fault(this.message, this, value) : this
  }
}
