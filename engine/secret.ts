import { inspect } from 'node:util'

const brand = Symbol.for('coxswain.secret')

/** What is shown in a secret's place, everywhere. */
export const mask = '********'

/**
 * What a secret becomes in text: the mask after an invisible character (U+2063 INVISIBLE SEPARATOR), so that it looks
 * like the mask and is never confused with asterisks that a user wrote. Reporters show the plain mask.
 */
export const maskInText = `\u2063${mask}`

/**
 * A value that must not be seen: it prints, concatenates, logs and serialises as `********`.
 *
 * Only {@link Secret.reveal} gives the text. A secret cannot be part of a command line; pass it on standard input, or
 * write it into a file. Text that holds the mask is refused before it reaches a host.
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
    return maskInText
  }

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

/** Text for people: what secrets became in it looks as it does everywhere. */
export const plainMasks = (text: string): string => text.replaceAll(maskInText, mask)

const maskBytes = Buffer.from(maskInText)

/** Whether text or bytes hold the mask of a secret where its text was meant. */
export const holdsMask = (value: string | Uint8Array): boolean =>
  typeof value === 'string'
    ? value.includes(maskInText)
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(maskBytes)

const isWalked = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Keys and values of what holds other values; nothing for bytes and streams, which are not walked. */
const entriesOf = (value: object): Iterable<readonly [unknown, unknown]> => {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || Symbol.asyncIterator in value) return []
  if (value instanceof Map) return value
  return value instanceof Set ? [...value].entries() : Object.entries(value)
}

/**
 * The path of the first text in a value, however deep, that holds the mask of a secret; undefined when none does.
 *
 * @example
 * findMask({ env: { TOKEN: `${token}` } }) // ['env', 'TOKEN']
 */
export const findMask = (value: unknown): readonly string[] | undefined => {
  const seen = new Set<object>()
  const visit = (item: unknown): readonly string[] | undefined => {
    if (typeof item === 'string' || item instanceof Uint8Array) return holdsMask(item) ? [] : undefined
    // a schema may have made a secret of a text that another one was put into
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

/** Whether a line of text gives something a name like that of a password. */
export const looksSecret = (line: string): boolean => secretName.test(line)
