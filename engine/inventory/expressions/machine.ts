/** What evaluating shares: its limits, and whether a secret was read. */
import { Fault } from './fault.ts'
import { Dict, Hidden, Lazy, List, Num, Undefined, force, strongest } from './values.ts'
import type { HiddenKind, Value } from './values.ts'
import { pythonText } from './python-text.ts'

/** The most steps of the expressions of one variable: a loop over a long list is fine, an endless one is not. */
const mostSteps = 500_000
/** The most characters of a text, and items of a list, that an expression makes. */
const [mostText, mostItems] = [4 * 1024 * 1024, 100_000]

/** Evaluates within limits. */
export class Machine {
  #steps = 0
  #read: HiddenKind | undefined
  readonly #made = new Map<string, string>()

  /** Begins a variable. */
  begin(): void {
    this.#steps = 0
  }

  /**
   * Counts steps.
   *
   * @throws Fault beyond the limit.
   */
  step(count = 1): void {
    this.#steps += count
    if (this.#steps > mostSteps) throw new Fault(`the expression takes more than ${mostSteps} steps`)
  }

  /** A text of bounded length. */
  bounded(text: string): string {
    this.step(text.length >> 6)
    if (text.length > mostText)
      throw new Fault(`the expression makes a text of more than ${mostText} characters`)
    return text
  }

  /** A list of bounded length. */
  list(items: readonly (Value | Lazy)[], tuple = false): List {
    this.step(items.length)
    if (items.length > mostItems)
      throw new Fault(`the expression makes a list of more than ${mostItems} items`)
    return new List(items, tuple)
  }

  /** A length that must be made at once. */
  length(size: number, of: 'text' | 'list'): number {
    const most = of === 'text' ? mostText : mostItems
    if (size > most)
      throw new Fault(
        `the expression makes a ${of} of more than ${most} ${of === 'text' ? 'characters' : 'items'}`,
      )
    return size
  }

  /** A text that takes long to make, and is the same for the same key. */
  once(key: string, make: () => string): string {
    const made = this.#made.get(key) ?? make()
    this.#made.set(key, made)
    return made
  }

  /** A value that exists, without its mark of a secret: what is made from it is hidden. */
  reveal(value: Value): Exclude<Value, Hidden | Undefined> {
    if (value instanceof Undefined) throw value.fault()
    if (!(value instanceof Hidden)) return value
    this.#read = strongest(this.#read, value.kind)
    return value.value
  }

  /** A value as text; secrets in it hide the result. */
  text(value: Value): string {
    if (value instanceof Undefined && value.blank) return ''
    const plain = this.reveal(value)
    if (typeof plain === 'string') return plain
    return this.bounded(pythonText(plain, (inner) => this.reveal(inner)))
  }

  /** The result of work, hidden if the work revealed a secret. */
  guarded(work: () => Value): Value {
    const before = this.#read
    this.#read = undefined
    try {
      const made = work()
      return this.#read === undefined ? made : hide(made, this.#read)
    } finally {
      this.#read = before
    }
  }
}

/** A value with its texts and numbers hidden. */
export const hide = (value: Value, kind: HiddenKind): Value => {
  if (typeof value === 'string' || value instanceof Num) return value === '' ? value : new Hidden(value, kind)
  if (value instanceof Hidden) return new Hidden(value.value, strongest(value.kind, kind) ?? kind)
  const later = (item: Value | Lazy): Value | Lazy => new Lazy(() => hide(force(item), kind))
  if (value instanceof List) return new List(value.items.map(later))
  if (value instanceof Dict)
    return new Dict(new Map([...value.entries].map(([key, item]) => [key, later(item)])))
  return value
}
