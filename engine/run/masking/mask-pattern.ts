/** Recognizes the mask of a secret in bytes, also where an encoding or an escape has rewritten it. Pure. */
import { mask, maskInText } from '../../secret.ts'
import { certainInBase64 } from './secret-forms.ts'

const utf8 = Buffer.from(maskInText)
const utf16 = Buffer.from(maskInText, 'utf16le')
const encodings: readonly Buffer[] = [utf8, utf16, Buffer.from(utf16).swap16()]

/** An ampersand, a percent sign and a backslash, also if they are escaped again. */
const [ampersand, percent, backslash] = ['&(?:amp;)*', '%(?:25)*', String.raw`\\+`]

const writtenEach = (writings: readonly string[]): string => `(?:${writings.join('|')})`

/** The invisible character before the asterisks. */
const separator = writtenEach([
  String.raw`\xe2\x81\xa3`,
  `${percent}e2${percent}81${percent}a3`,
  '=e2=81=a3',
  '%u2063',
  `${backslash}(?:u2063|u\\{0*2063\\}|U00002063|x\\{0*2063\\})`,
  `${backslash}x?342${backslash}201${backslash}243`,
  `${backslash}xe2${backslash}x81${backslash}xa3`,
  `${ampersand}(?:ic|invisiblecomma|#0*8291|#x0*2063);?`,
])

const asterisk = writtenEach([
  String.raw`\*`,
  `${percent}2a`,
  '=2a',
  '%u002a',
  `${backslash}(?:u002a|u\\{0*2a\\}|U0000002a|x2a|x\\{0*2a\\}|0?52|\\*)`,
  `${ampersand}(?:ast|midast|#0*42|#x0*2a);?`,
])

/** Separators between the digits of two bytes. */
const betweenBytes = String.raw`(?:[\s:,;_-]|0[xX]|\\[nrx])*`
const inHex = (bytes: Buffer): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(betweenBytes)
const asBytes = (bytes: Buffer): string =>
  [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')

/** Base64 can contain line breaks, which JSON escapes. */
const inBase64 = (bytes: Buffer): string[] =>
  certainInBase64(bytes).map((letters) =>
    Array.from(letters)
      .map((letter) => letter.replace(/[+-]/, '[+-]').replace(/[/_]/, '[/_]'))
      .join(String.raw`(?:\s|\\[nr])*`),
  )

const written = new RegExp(
  [
    `${separator}${asterisk}{${mask.length}}`,
    ...encodings.slice(1).map(asBytes),
    ...encodings.map(inHex),
  ].join('|'),
  'i',
)
const encoded = new RegExp(encodings.flatMap(inBase64).join('|'))

/** The asterisks in base64 for every alignment and line break: a faster first search. */
const asterisksInBase64 = ['Kioq', 'ioqK', 'oqKi', 'qKio', 'KgAq', 'ACoA', 'AqAC', 'CoAK']

const holdsIt = (text: string): boolean =>
  written.test(text) || (asterisksInBase64.some((part) => text.includes(part)) && encoded.test(text))

/** Bytes that are searched at once, and the overlap for a mask across two pieces. */
const size = 1024 * 1024
const overlap = 4096

/** Whether text or bytes contain the mask of a secret in any encoding. */
export const writesMask = (text: string | Uint8Array): boolean => {
  const all =
    typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength)
  for (let at = 0; at < all.length; at += size)
    if (holdsIt(all.toString('latin1', at, at + size + overlap))) return true
  return false
}
