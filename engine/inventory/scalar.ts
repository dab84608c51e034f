import type { Place } from '../errors.ts'
import type { ScalarValue } from './yaml/readings.ts'

/** What is known of a scalar. */
export interface ScalarFacts {
  /** As it stands in the source. */
  readonly text: string
  /** What Ansible reads. */
  readonly value: ScalarValue
  /** What YAML 1.2 reads, where that is something else. */
  readonly other?: ScalarValue
  /** It holds an expression of Jinja, which Ansible would evaluate. */
  readonly template?: boolean
  /** It is the number that it looks like, and no text: it stands in JSON, or a tag says so. */
  readonly definite?: boolean
  readonly place: Place
}

/** Whether a decimal number ends with a zero that the number does not keep. */
const losesZero = (text: string): boolean => /^[-+]?\d+\.\d*0$/.test(text)

/**
 * A scalar of an inventory that is more than its text: what stands in the source beside what Ansible reads. Which of the
 * two is wanted is for the schema of its reader to say; until then both travel.
 */
export class Scalar {
  readonly text: string
  readonly value: ScalarValue
  readonly other: ScalarValue | undefined
  readonly template: boolean
  readonly definite: boolean
  readonly place: Place

  constructor({ text, value, other, template = false, definite = false, place }: ScalarFacts) {
    this.text = text
    this.value = value
    this.other = other
    this.template = template
    this.definite = definite
    this.place = place
  }

  /** YAML 1.1 and YAML 1.2 read different values, or the number loses a digit of its text: 1.10 is 1.1, and no version 1.10. */
  get ambiguous(): boolean {
    return (
      this.other !== undefined || (!this.definite && typeof this.value === 'number' && losesZero(this.text))
    )
  }

  /** Its value in plain data: dates are their text, whole numbers beyond 2^53 are their digits. */
  get plain(): string | number | boolean | null {
    const { value, text } = this
    if (typeof value === 'bigint') return String(value)
    return value instanceof Date ? text : value
  }
}

/** Whether a text holds an expression of Jinja: `{{ … }}`, `{% … %}` or `{# … #}`, as Ansible looks for them. */
export const isTemplate = (text: string): boolean => /\{[{%#]/.test(text)
