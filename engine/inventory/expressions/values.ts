/** The values of expressions. They are never objects of JavaScript: members are looked up in maps and lists of our own. */
import type { Scalar } from '../scalar.ts'
import { Fault } from './fault.ts'
import type { FaultyValue } from './fault.ts'

/** A number, which is an integer or, as in Python, a float: 10 / 2 is 5.0. */
export class Num {
  readonly value: number | bigint
  readonly float: boolean
  /** The number as written in the inventory, which is what a schema of text reads. */
  readonly text: string | undefined

  constructor(value: number | bigint, float = false, text?: string) {
    this.value = value
    this.float = float
    this.text = text
  }
}

/**
 * Why a text is hidden, from the weakest: its variable has the name of a secret, it was opened, or it is a `Secret`. What is made
 * from it is hidden too.
 */
export const hiddenKinds = ['named', 'opened', 'secret'] as const
export type HiddenKind = (typeof hiddenKinds)[number]

/** A text or number that must not be shown. */
export class Hidden {
  readonly value: string | Num
  readonly kind: HiddenKind

  constructor(value: string | Num, kind: HiddenKind) {
    this.value = value
    this.kind = kind
  }
}

/** The stronger of two kinds. */
export const strongest = (
  one: HiddenKind | undefined,
  other: HiddenKind | undefined,
): HiddenKind | undefined => hiddenKinds.findLast((kind) => kind === one || kind === other)

/** What does not exist. It is an error where it is used, except in `default` and `is defined`. */
export class Undefined {
  readonly message: string
  readonly word: string | undefined
  readonly hint: string | undefined
  readonly at: FaultyValue | undefined
  /** Whether it is empty in text, as `'a' if false` is: it is only an error where it is the value of a variable. */
  readonly blank: boolean

  constructor(
    message: string,
    details: { word?: string | undefined; hint?: string | undefined; blank?: boolean } = {},
    at?: FaultyValue,
  ) {
    this.message = message
    this.word = details.word
    this.hint = details.hint
    this.blank = details.blank ?? false
    this.at = at
  }

  /** The same as the value of a variable, where it is an error; one that has a value keeps it. */
  in(value: FaultyValue): Undefined {
    return this.at === undefined
      ? new Undefined(this.message, { word: this.word, hint: this.hint }, value)
      : this
  }

  /** The same, which is an error also in text. */
  strict(): Undefined {
    return this.blank ? new Undefined(this.message, { word: this.word, hint: this.hint }, this.at) : this
  }

  /** The error of using it. */
  fault(): Fault {
    return new Fault(this.message, this, this.at)
  }
}

/** A value that is evaluated when it is used. */
export class Lazy {
  #make: (() => Value) | undefined
  #value: Value | undefined

  constructor(make: () => Value) {
    this.#make = make
  }

  /** The value. What `make` throws is thrown each time. */
  force(): Value {
    if (this.#make !== undefined) {
      this.#value = this.#make()
      this.#make = undefined
    }
    // it is set when there is no function any more
    return this.#value ?? null
  }
}

/** The value of an item. */
export const force = (item: Value | Lazy): Value => (item instanceof Lazy ? item.force() : item)

/** A list. Only methods such as `append` give it other items, in the text that made it. */
export class List {
  items: readonly (Value | Lazy)[]
  /** Whether it is written with commas in parentheses: for `%`, its items are the values. */
  readonly tuple: boolean

  constructor(items: readonly (Value | Lazy)[], tuple = false) {
    this.items = items
    this.tuple = tuple
  }

  /** Its values. */
  values(): Value[] {
    return this.items.map(force)
  }
}

/** A map. Only methods such as `update` give it other entries, in the text that made it. */
export class Dict {
  entries: ReadonlyMap<string, Value | Lazy>
  /** The value of a key that is not among the entries. */
  readonly missing: ((key: string) => Value) | undefined

  constructor(entries: ReadonlyMap<string, Value | Lazy>, missing?: (key: string) => Value) {
    this.entries = entries
    this.missing = missing
  }

  /** The value of a key; undefined without one. */
  get(key: string): Value | undefined {
    const item = this.entries.get(key)
    return item === undefined ? undefined : force(item)
  }
}

/** A value of `namespace()`, whose entries can be set. */
export class Namespace {
  readonly entries: Map<string, Value>

  constructor(entries: Map<string, Value>) {
    this.entries = entries
  }
}

/** A date or time of YAML. */
export class Moment {
  readonly scalar: Scalar

  constructor(scalar: Scalar) {
    this.scalar = scalar
  }
}

/** A function, such as `range`, or the method of a value. */
export class Callable {
  readonly name: string
  readonly call: (args: Args) => Value

  constructor(name: string, call: (args: Args) => Value) {
    this.name = name
    this.call = call
  }
}

/** `omit`: a value that is left out. */
export class Omit {
  readonly name = 'omit'
}

export type Value =
  | string
  | boolean
  | null
  | Num
  | Hidden
  | Undefined
  | List
  | Dict
  | Namespace
  | Moment
  | Callable
  | Omit

/** The arguments of a call, filter or test. */
export class Args {
  readonly #positional: readonly Value[]
  readonly #named: ReadonlyMap<string, Value>

  constructor(positional: readonly Value[], named: ReadonlyMap<string, Value> = new Map()) {
    this.#positional = positional
    this.#named = named
  }

  /** The number of positional arguments. */
  get count(): number {
    return this.#positional.length
  }

  /** Positional arguments, from one on. */
  rest(from = 0): readonly Value[] {
    return this.#positional.slice(from)
  }

  /** The argument at a position, or with a name; undefined without it. */
  at(position: number, name?: string): Value | undefined {
    // none is a value
    if (position < this.#positional.length) return this.#positional[position]
    return name === undefined ? undefined : this.#named.get(name)
  }

  /** An argument with a name alone. */
  named(name: string): Value | undefined {
    return this.#named.get(name)
  }

  /** Its names. */
  names(): readonly string[] {
    return [...this.#named.keys()]
  }

  /** The arguments with each value changed. */
  map(change: (value: Value) => Value): Args {
    return new Args(
      this.#positional.map(change),
      new Map([...this.#named].map(([name, value]) => [name, change(value)])),
    )
  }

  /** The arguments after some positional ones, with the same names. */
  without(count: number): Args {
    return new Args(this.#positional.slice(count), this.#named)
  }
}
