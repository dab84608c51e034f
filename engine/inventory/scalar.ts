import type { Place } from '../errors.ts'
import type { ScalarValue } from './yaml/readings.ts'

/** The parts of a scalar. */
export interface ScalarFacts {
  /** The text in the source. */
  readonly text: string
  /** The value that Ansible reads. */
  readonly value: ScalarValue
  /** The value that YAML 1.2 reads, if it differs. */
  readonly other?: ScalarValue
  /** Whether it contains a Jinja expression that is not evaluated yet. */
  readonly template?: boolean
  /** Whether its expressions can look up what is on this machine: not those that a program printed. */
  readonly lookups?: boolean
  /** Why its expression cannot be evaluated. */
  readonly failure?: ScalarFailure
  /** Whether it is certainly a number, not text: it is in JSON, or has a tag. */
  readonly definite?: boolean
  readonly place: Place
  /** The place of a word in its expressions, for a value of several lines; undefined if it is not found. */
  readonly placeOf?: ((word: string) => Place | undefined) | undefined
}

/** Why an expression cannot be evaluated, and where. */
export interface ScalarFailure {
  readonly message: string
  readonly place: Place
}

/** Whether a decimal number has a trailing zero, which a number value loses. */
const losesZero = (text: string): boolean => /^[-+]?\d+\.\d*0$/.test(text)

/**
 * A scalar of an inventory that is not plain text: the text in the source, and the value that Ansible reads. The schema of
 * its reader chooses one of them.
 */
export class Scalar {
  readonly text: string
  readonly value: ScalarValue
  readonly other: ScalarValue | undefined
  readonly template: boolean
  readonly lookups: boolean
  readonly failure: ScalarFailure | undefined
  readonly definite: boolean
  readonly place: Place
  readonly placeOf: ScalarFacts['placeOf']

  constructor({
    text,
    value,
    other,
    template = false,
    lookups = true,
    failure,
    definite = false,
    place,
    placeOf,
  }: ScalarFacts) {
    this.text = text
    this.value = value
    this.other = other
    this.template = template
    this.lookups = lookups
    this.failure = failure
    this.definite = definite
    this.place = place
    this.placeOf = placeOf
  }

  /** Whether YAML 1.1 and YAML 1.2 read different values, or the number loses a digit: the version 1.10 becomes 1.1. */
  get ambiguous(): boolean {
    return (
      this.other !== undefined || (!this.definite && typeof this.value === 'number' && losesZero(this.text))
    )
  }

  /** Its value as plain data: dates are their text, integers beyond 2^53 are their digits. */
  get plain(): string | number | boolean | null {
    const { value, text } = this
    if (typeof value === 'bigint') return String(value)
    return value instanceof Date ? text : value
  }
}

/** Whether a text contains a Jinja expression, as Ansible finds them: `{{ … }}`, `{% … %}` or `{# … #}`. */
export const isTemplate = (text: string): boolean => /\{[{%#]/.test(text)
