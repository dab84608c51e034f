import { inspect } from 'node:util'

const brand = Symbol.for('coxswain.secret')

/** What is shown instead of a secret. */
export const mask = '********'

/**
 * What a secret becomes in text: the mask after an invisible character (U+2063 INVISIBLE SEPARATOR), which
 * distinguishes it from asterisks that a user wrote. Reporters show the plain mask.
 */
export const maskInText = `\u2063${mask}`

/**
 * A value that must not be shown: it prints, concatenates, logs and serialises as `********`.
 *
 * Only {@link Secret.reveal} returns the text. A secret cannot be part of a command line; pass it on standard input,
 * or write it into a file. Text that contains the mask is refused before it reaches a host.
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

  /** Returns the text. Call it only where the text is sent to the host. */
  reveal(): string {
    return this.#text
  }

  /** Returns the mask, never the text. */
  toString(): string {
    return maskInText
  }

  /** Returns the mask, never the text. */
  toJSON(): string {
    return maskInText
  }

  [inspect.custom](): string {
    return maskInText
  }
}

/** Whether a value is a {@link Secret}, of this or another copy of the engine. */
export const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' && value !== null && brand in value

/** Replaces the marked masks in a text with plain ones. */
export const plainMasks = (text: string): string => text.replaceAll(maskInText, mask)

const maskBytes = Buffer.from(maskInText)

/** Whether text or bytes contain the mask of a secret. */
export const holdsMask = (value: string | Uint8Array): boolean =>
  typeof value === 'string'
    ? value.includes(maskInText)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(maskBytes)

const isWalked = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Keys and values of a container; none for bytes and streams. */
const entriesOf = (value: object): Iterable<readonly [unknown, unknown]> => {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || Symbol.asyncIterator in value) return []
  if (value instanceof Map) return value
  return value instanceof Set ? [...value].entries() : Object.entries(value)
}

/**
 * The path of the first text in a nested value that contains the mask of a secret; undefined if there is none.
 *
 * @example
 * findMask({ env: { TOKEN: `${token}` } }) // ['env', 'TOKEN']
 */
export const findMask = (value: unknown): readonly string[] | undefined => {
  const seen = new Set<object>()
  const visit = (item: unknown): readonly string[] | undefined => {
    if (typeof item === 'string' || item instanceof Uint8Array) return holdsMask(item) ? [] : undefined
    // a schema may have made a secret from a text that contains another one's mask
    if (isSecret(item)) return visit(item.reveal())
    if (!isWalked(item) || seen.has(item)) return undefined
    seen.add(item)
    for (const [key, inner] of entriesOf(item)) {
      if (typeof key === 'string' && holdsMask(key)) return [key]
      const path = visit(inner)
      if (path !== undefined) return [String(key), ...path]
    }
    return undefined
  }
  return visit(value)
}

const secretName =
  /(pass|passwd|password|passphrase|secret|token|credential|(?:api|access|private|secret)[_-]?key)s?["']?\s*[:=]/i

/** Whether a line of text looks like the assignment of a password. */
export const looksSecret = (line: string): boolean => secretName.test(line)

/** A run of at least this many letters and digits is taken for a key. */
const longestPart = 32
/** So is a shorter run in which letters and digits alternate often, or that consists of capitals and digits. */
const keyLength = 10
const capitalsLength = 16

/** Whether a run of letters and digits looks like a key or token rather than a name. */
const looksRandom = (part: string): boolean =>
  part.length >= longestPart ||
  (part.length >= keyLength && (part.match(/[a-z](?=\d)|\d(?=[a-z])/gi) ?? []).length >= 3) ||
  (part.length >= capitalsLength && /^(?=.*\d)[A-Z\d]+$/.test(part))

/** The placeholder for a word that is not shown. */
export const hiddenWord = '(not shown)'

/**
 * Returns a word for an error message if it looks like a name. Other text can be part of a secret whose quotes are
 * missing, and is not shown.
 *
 * @example
 * shownWord('ngnix') // 'ngnix'
 * shownWord('Pa$$w0rd!') // '(not shown)'
 */
export const shownWord = (word: string): string =>
  /^[\p{L}\p{N}._:@/#~-]+$/u.test(word) && !word.split(/[^\p{L}\p{N}]/u).some(looksRandom) ? word : hiddenWord
