import { inspect } from 'node:util'

const brand = Symbol.for('coxswain.secret')

/** What is shown in a secret's place, everywhere. */
export const mask = '********'

/**
 * A value that must not be seen: it prints, concatenates, logs and serialises as `********`.
 *
 * Only {@link Secret.reveal} gives the text. A secret cannot be put into a command line; give it on standard
 * input, or write it into a file.
 *
 * @example
 * await remote.run({ stdin: password })`chpasswd`
 */
export class Secret {
  readonly [brand] = true
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Call it only where the text leaves for the host. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return mask
  }
}

/** Whether a value is a {@link Secret}, of this or another copy of the engine. */
export const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' && value !== null && brand in value
