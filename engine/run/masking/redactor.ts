import { isSecret, mask } from '../../secret.ts'
import { formsOf } from './secret-forms.ts'
import { SecretIndex } from './secret-index.ts'
import type { Span } from './secret-index.ts'

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

/** A text up to an end, with a mask in the place of each span. */
const masked = (text: string, spans: readonly Span[], end: number): string => {
  const parts: string[] = []
  let at = 0
  for (const span of spans) {
    if (span.start >= end) break
    parts.push(text.slice(at, span.start), mask)
    at = span.end
  }
  parts.push(text.slice(at, Math.max(at, end)))
  return parts.join('')
}

/**
 * Masks the secrets of a run in any text.
 *
 * It learns every secret that a playbook's variables and parameters hold, and each one that passes through a remote.
 * A secret of several lines is also masked line by line, because output is told line by line; its usual encodings are
 * masked too, and what is broken into lines by `base64`.
 */
export class Redactor {
  readonly #known = new Set<string>()
  readonly #index = new SecretIndex()

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
    if (this.#known.has(secret)) return
    this.#known.add(secret)
    for (const form of formsOf(secret)) this.#index.add(form)
  }

  /** The text with every known secret masked. */
  text(text: string): string {
    const { spans } = this.#index.find(text)
    return spans.length === 0 ? text : masked(text, spans, text.length)
  }

  /** A text, masked, or undefined. */
  maybe(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.text(text)
  }

  /**
   * The beginning of a text that goes on, masked, and the rest of it: from where on a secret could have begun.
   */
  begin(text: string): { readonly shown: string; readonly rest: string } {
    const { spans, open } = this.#index.find(text)
    const across = spans.find(({ start, end }) => start < open && end > open)
    const cut = across?.start ?? open
    return { shown: masked(text, spans, cut), rest: text.slice(cut) }
  }
}
