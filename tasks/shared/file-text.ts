/**
 * Reads files as text and writes them again without loss. A byte that is not UTF-8, such as an umlaut of Latin-1 in a
 * comment,
 * becomes a lone surrogate (U+DC80 to U+DCFF, like Python's `surrogateescape`), which becomes that byte again.
 */
import { CoxswainError } from '../../engine/index.ts'
import type { Remote, RemoteReader, WriteOptions } from '../../engine/index.ts'

/** The length in bytes of a UTF-8 sequence that begins with this byte; 0 if none does. */
const lengthOf = (byte: number): number => {
  if (byte < 0x80) return 1
  if (byte >= 0xc2 && byte < 0xe0) return 2
  if (byte >= 0xe0 && byte < 0xf0) return 3
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0
}

const decodeStrictly = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Decodes bytes to text without loss. */
export const decoded = (bytes: Uint8Array): string => {
  const all = decodeStrictly(bytes)
  if (all !== undefined) return all
  const parts: string[] = []
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0
    const length = lengthOf(byte)
    const part = length === 0 ? undefined : decodeStrictly(bytes.subarray(at, at + length))
    parts.push(part ?? String.fromCodePoint(0xdc00 + byte))
    at += part === undefined ? 1 : length
  }
  return parts.join('')
}

/**
 * Encodes text that {@link decoded} returned.
 *
 * @throws `task-failed` if a character was split, because it cannot be encoded then.
 */
export const encoded = (text: string): Buffer => {
  if (/(?![\u{DC80}-\u{DCFF}])\p{Surrogate}/u.test(text))
    throw new CoxswainError('task-failed', 'the edit would split a character of the file', {
      hint: 'write a pattern that matches the entire character',
    })
  return Buffer.concat(
    text.split(/([\u{DC80}-\u{DCFF}]+)/u).map((part, index) =>
      // every second part is a match of the pattern
      index % 2 === 0
        ? Buffer.from(part)
        : Buffer.from(part.split('').map((one) => one.charCodeAt(0) & 0xff)),
    ),
  )
}

/** The text for display: bytes that are not UTF-8 are shown as `\xE4`. */
export const shown = (text: string | undefined): string | undefined =>
  text?.replaceAll(
    /[\u{DC80}-\u{DCFF}]/gu,
    (one) => `\\x${(one.charCodeAt(0) & 0xff).toString(16).toUpperCase()}`,
  )

/** Whether bytes begin with a UTF-16 byte order mark: an edit as ASCII would damage the file. */
const isUtf16 = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)

/**
 * A file's text, or undefined if it does not exist.
 *
 * @throws `read-failed` for UTF-16.
 */
export const readText = async (
  remote: RemoteReader,
  path: string,
  { follow }: Pick<WriteOptions, 'follow'> = {},
): Promise<string | undefined> => {
  const bytes = await remote.readBytes(path, { follow })
  if (bytes === undefined) return undefined
  if (isUtf16(bytes))
    throw new CoxswainError('read-failed', `${path} is UTF-16 text, which cannot be edited`, {
      hint: 'convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8',
    })
  return decoded(bytes)
}

/** Writes an edited text of {@link readText}. */
export const writeText = (
  remote: Remote,
  path: string,
  text: string,
  options: WriteOptions = {},
): Promise<void> => remote.write(path, encoded(text), options)

/** Parses the output of `od -An -v -tx1`. */
const fromHex = (printed: string): Buffer => Buffer.from(printed.replaceAll(/\s+/g, ''), 'hex')

/**
 * The output of a command as text, without loss.
 *
 * @param again prints the same through `od -An -v -tx1`. Called only if the output contains bytes that are not UTF-8.
 */
export const printedText = async (text: string, again: () => Promise<string>): Promise<string> =>
  text.includes('\u{FFFD}') ? decoded(fromHex(await again())) : text
