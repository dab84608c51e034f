import { isSecret, mask } from '../secret.ts'
import { formsOf } from './secret-forms.ts'

/** Bytes and what streams them: a walk over them finds no Secret and takes long, or takes what is meant for others. */
const isBulk = (item: object): boolean =>
  ArrayBuffer.isView(item) ||
  item instanceof ArrayBuffer ||
  Symbol.asyncIterator in item ||
  ('pipe' in item && typeof item.pipe === 'function')

const partsOf = (item: object): Iterable<unknown> => {
  if (item instanceof Map) return [...item].flat()
  return item instanceof Set ? item : Object.values(item)
}

/**
 * Masks the secrets of a run in any text.
 *
 * It learns every secret that a playbook's variables and parameters hold, and each one that passes through a remote.
 * A secret of several lines is also masked line by line, because output is told line by line; its usual encodings are
 * masked too.
 */
export class Redactor {
  readonly #texts = new Set<string>()
  #pattern: RegExp | undefined

  /** Learns every {@link Secret} in a value, however deep. */
  learn(value: unknown): void {
    const seen = new Set<unknown>()
    const visit = (item: unknown): void => {
      if (isSecret(item)) this.#add(item.reveal())
      else if (typeof item === 'object' && item !== null && !seen.has(item) && !isBulk(item)) {
        seen.add(item)
        for (const inner of partsOf(item)) visit(inner)
      }
    }
    visit(value)
  }

  #add(secret: string): void {
    if (this.#texts.has(secret)) return
    for (const form of formsOf(secret)) this.#texts.add(form)
    this.#pattern = undefined
  }

  /** The text with every known secret masked. */
  text(text: string): string {
    if (this.#texts.size === 0) return text
    this.#pattern ??= new RegExp(
      [...this.#texts]
        // the longest first, so that a secret within another leaves nothing of it
        .toSorted((a, b) => b.length - a.length)
        .map((secret) => secret.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|'),
      'g',
    )
    return text.replaceAll(this.#pattern, mask)
  }

  /** A text, masked, or undefined. */
  maybe(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.text(text)
  }
}
