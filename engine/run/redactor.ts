import { isSecret, mask } from '../secret.ts'

/** Shorter secrets are not searched for in text: masking every `a` would hide everything and protect nothing. */
const shortest = 3
/** Lines of a longer secret that are shorter could be any word: `user:` of a kubeconfig would mask the word user. */
const shortestLine = 16

/**
 * Masks the secrets of a run in any text.
 *
 * It learns every secret that a playbook's variables and parameters hold, and each one that passes through a remote.
 * A secret of several lines is also masked line by line, because output is told line by line.
 */
export class Redactor {
  readonly #texts = new Set<string>()
  #pattern: RegExp | undefined

  /** Learns every {@link Secret} in a value, however deep. */
  learn(value: unknown): void {
    const seen = new Set<unknown>()
    const visit = (item: unknown): void => {
      if (isSecret(item)) this.#add(item.reveal())
      else if (typeof item === 'object' && item !== null && !seen.has(item)) {
        seen.add(item)
        for (const inner of Object.values(item)) visit(inner)
      }
    }
    visit(value)
  }

  #add(text: string): void {
    const lines = text.includes('\n') ? text.split('\n').map((line) => line.trim()) : []
    for (const part of [text, ...lines.filter((line) => line.length >= shortestLine)]) {
      if (part.length >= shortest) this.#texts.add(part)
    }
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
