/** Random secrets, and all encodings of text by programs, for property tests of masking. */
import fc from 'fast-check'

/** Without asterisks: a mask next to other text could look like a secret that begins with a mask. */
const usable = (text: string): boolean => text.trim().length >= 6 && !text.includes('*')

const odd = fc.string({
  unit: fc.constantFrom(...Array.from('$^.|?+()[]{}\\/"\'`<>&;!#%~ aZ09=-_:,@\t')),
  minLength: 6,
  maxLength: 30,
})
const line = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('ABCDEFabcdef0123456789+/=')),
    minLength: 6,
    maxLength: 60,
  }),
  odd,
)

/** Passphrases, tokens, base64-like text, quotes and punctuation, and keys of several lines. */
export const anySecret: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 3, arbitrary: line },
    { weight: 1, arbitrary: fc.array(line, { minLength: 2, maxLength: 4 }).map((lines) => lines.join('\n')) },
  )
  .filter(usable)

/** Text without secrets around them. */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...Array.from('the quick brown fox: 0123\n\t"\'')),
  maxLength: 30,
})

const hexOf = (text: string): string => Buffer.from(text).toString('hex')

/** Octal escapes as in C, independent of the tested code. */
const inOctal = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      if (letter === '\\' || letter === '"') return `\\${letter}`
      if (letter === '\n') return '\\n'
      if (letter === '\t') return '\\t'
      if (letter === '\r') return '\\r'
      return byte >= 32 && byte < 127 ? letter : `\\${byte.toString(8).padStart(3, '0')}`
    })
    .join('')

const eachByte = (text: string, write: (byte: number) => string, between = ''): string =>
  [...Buffer.from(text)].map(write).join(between)
const eachUnit = (text: string, write: (unit: string) => string): string => Array.from(text, write).join('')
const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0')
const unicode = (letter: string): string =>
  Array.from(
    { length: letter.length },
    (_, at) => `\\u${letter.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')

/** Escapes of Python's `ascii()` and PyYAML: eight digits beyond the first plane. */
const inPython = (letter: string): string => {
  const code = letter.codePointAt(0) ?? 0
  if (code > 0xff_ff) return `\\U${code.toString(16).padStart(8, '0')}`
  return code > 0xff ? unicode(letter) : `\\x${hexByte(code)}`
}

/** Inserts text in the middle of a secret, but not within a character. */
const within = (secret: string, what: string): string => {
  const letters = Array.from(secret)
  return [...letters.slice(0, 3), what, ...letters.slice(3)].join('')
}

/** Transformations of text with a secret: after each, the secret must be masked. */
export const transformations: Readonly<Record<string, (secret: string) => string>> = {
  'colours between letters': (secret) => eachUnit(secret, (letter) => `\u001b[31;1m${letter}\u001b[0m`),
  'a command of terminals in it': (secret) => within(secret, '\u001b]0;title\u0007'),
  'NULs between letters (UTF-16)': (secret) => eachUnit(secret, (letter) => `${letter}\0`),
  'NULs as cat -v shows them': (secret) => eachUnit(secret, (letter) => `${letter}^@`),
  'returns in it': (secret) => within(secret, '\r'),
  'letters struck over': (secret) =>
    eachUnit(secret, (letter) => (letter === '\n' ? letter : `${letter}\b${letter}`)),
  'mistyped and erased': (secret) => within(secret, 'xy\b\b'),
  'letters of no width': (secret) => eachUnit(secret, (letter) => `${letter}\u200b`),
  'JSON with every letter escaped': (secret) => eachUnit(secret, unicode),
  'JSON with slashes escaped': (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replaceAll('/', String.raw`\/`),
  'JSON with NULs between letters': (secret) => eachUnit(secret, (letter) => `${unicode(letter)}\\u0000`),
  'JSON within JSON, escaped': (secret) => JSON.stringify(eachUnit(secret, unicode)).slice(1, -1),
  'JSON within JSON, four times': (secret) => {
    let text = eachUnit(secret, unicode)
    for (let times = 1; times < 4; times += 1) text = JSON.stringify(text).slice(1, -1)
    return text
  },
  "escapes of Python's ascii()": (secret) => eachUnit(secret, inPython),
  'hexadecimal with blanks': (secret) => eachByte(secret, hexByte, ' '),
  'hexadecimal with colons': (secret) => eachByte(secret, hexByte, ':').toUpperCase(),
  'hexadecimal by two bytes': (secret) => (hexOf(secret).match(/.{1,4}/g) ?? []).join(' '),
  'hexadecimal of C': (secret) => eachByte(secret, (byte) => `0x${hexByte(byte)}`, ', '),
  'hexadecimal escapes': (secret) => eachByte(secret, (byte) => `\\x${hexByte(byte)}`),
  'octal escapes': (secret) => eachByte(secret, (byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  'bytes in decimal': (secret) => eachByte(secret, String, ','),
  'bytes in octal (od)': (secret) => eachByte(secret, (byte) => byte.toString(8).padStart(3, '0'), ' '),
  'HTML entities in decimal': (secret) => eachUnit(secret, (letter) => `&#${letter.codePointAt(0)};`),
  'HTML entities in hexadecimal': (secret) =>
    eachUnit(secret, (letter) => `&#x${letter.codePointAt(0)?.toString(16)};`),
  'HTML by name': (secret) =>
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replaceAll('/', '&sol;'),
  'HTML of JSON': (secret) =>
    JSON.stringify(secret).slice(1, -1).replaceAll('&', '&amp;').replaceAll('"', '&quot;'),
  'percent-encoding of every byte': (secret) => eachByte(secret, (byte) => `%${hexByte(byte)}`),
  'percent-encoding, twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'percent-encoding of base64': (secret) => encodeURIComponent(Buffer.from(secret).toString('base64')),
  'quoted-printable': (secret) => eachByte(secret, (byte) => `=${hexByte(byte).toUpperCase()}`),
}

/** The same of text in ASCII. */
export const transformationsOfAscii: Readonly<Record<string, (secret: string) => string>> = {
  'letters of full width': (secret) =>
    eachUnit(secret, (letter) =>
      letter > ' ' && letter <= '~' ? String.fromCharCode(letter.charCodeAt(0) + 0xfe_e0) : letter,
    ),
  'letters with blanks between them (od -c)': (secret) => Array.from(secret).join('   '),
}

const inLines = (text: string, size: number, write: (part: string, at: number) => string): string =>
  (text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])
    .map((part, index) => `${write(part, index * size)}\n`)
    .join('')
const address = (at: number, radix: number, size: number): string => at.toString(radix).padStart(size, '0')
const bits = (text: string): string =>
  [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Transformations of an ASCII secret by ordinary tools: its letters and digits must be enough to recognize it. */
export const tools: Readonly<Record<string, (secret: string) => string>> = {
  'fold -w 6': (secret) => inLines(secret, 6, (part) => part),
  'grep -o .': (secret) => inLines(secret, 1, (part) => part),
  'tr a-z A-Z': (secret) => secret.toUpperCase(),
  'tr A-Z a-z, in JSON': (secret) => JSON.stringify(secret.toLowerCase()).slice(1, -1),
  rev: (secret) => Array.from(secret).toReversed().join(''),
  'iconv -t utf-16le | base64': (secret) => Buffer.from(secret, 'utf16le').toString('base64'),
  'iconv -t utf-16le | xxd -p': (secret) => Buffer.from(secret, 'utf16le').toString('hex'),
  'base64 | base64': (secret) => base64(base64(`user:${secret}`)),
  base32: (secret) =>
    (bits(`user ${secret}`).match(/.{5}/g) ?? [])
      .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five, 2)])
      .join(''),
  xxd: (secret) =>
    inLines(`password ${secret}`, 16, (part, at) => {
      const hex = (hexOf(part).match(/.{1,4}/g) ?? []).join(' ')
      return `${address(at, 16, 8)}: ${hex.padEnd(39)}  ${part}`
    }),
  'hexdump -C': (secret) =>
    inLines(`password ${secret}`, 16, (part, at) => {
      const hex = (hexOf(part).match(/.{1,2}/g) ?? []).join(' ')
      return `${address(at, 16, 8)}  ${hex.padEnd(48)}  |${part}|`
    }),
  'od -t x1': (secret) =>
    inLines(secret, 16, (part, at) => `${address(at, 8, 7)} ${eachByte(part, hexByte, ' ')}`),
  'od -c': (secret) =>
    inLines(secret, 16, (part, at) => `${address(at, 8, 7)}   ${Array.from(part).join('   ')}`),
  'a list of letters': (secret) => `['${Array.from(secret).join("', '")}']`,
  'a list of bytes': (secret) => `['${eachByte(secret, (byte) => `0x${hexByte(byte)}`, "', '")}']`,
  'entities with zeros': (secret) =>
    eachUnit(secret, (letter) => `&#${String(letter.charCodeAt(0)).padStart(10, '0')};`),
  'escapes with zeros': (secret) => eachByte(secret, (byte) => `\\u{00000${hexByte(byte)}}`),
  'percent-encoding, three times': (secret) =>
    encodeURIComponent(encodeURIComponent(eachByte(secret, (byte) => `%${hexByte(byte)}`))),
  'JSON in JSON in JSON': (secret) => JSON.stringify(JSON.stringify(JSON.stringify(secret))),
  'without its last letter': (secret) => secret.slice(0, -1),
  'without its first letter': (secret) => secret.slice(1),
}

/** Secrets whose letters and digits are not an ordinary word. */
export const anyTelling: fc.Arbitrary<string> = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...Array.from('abcdXYZ0189')), minLength: 6, maxLength: 15 }),
    fc.string({ unit: fc.constantFrom(...Array.from('abcdXYZ0189-_+&"')), minLength: 4, maxLength: 15 }),
  )
  .map(([first, second]) => `k${first}7${second}z`)

/** Secrets without blanks, in ASCII. */
export const anyToken: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...Array.from('abcXYZ0189-_/+&<%"$')), minLength: 8, maxLength: 30 })
  .filter(usable)

/** Encodings of a secret on its own. */
export const writings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  JSON: (secret) => JSON.stringify({ secret }),
  'JSON within JSON': (secret) => JSON.stringify({ json: JSON.stringify({ secret }) }),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  'base64 for URLs': (secret) => Buffer.from(secret).toString('base64url'),
  hexadecimal: hexOf,
  'hexadecimal in capitals': (secret) => hexOf(secret).toUpperCase(),
  'a part of a URL': (secret) => encodeURIComponent(secret),
  'a form': (secret) => new URLSearchParams({ secret }).toString(),
  'quoted for a shell': (secret) => `'${secret.replaceAll("'", String.raw`'\''`)}'`,
  'escaped as in C': inOctal,
  'lines of Windows': (secret) => secret.replaceAll('\n', '\r\n'),
}

/** The fixed part of a secret in base64, at any position in the encoded text. */
export const certainInBase64 = (secret: string, bytesBefore: number): string => {
  const shift = bytesBefore % 3
  const bytes = Buffer.from(secret)
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  return encoded.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3))
}

/** A text in pieces, split anywhere. */
export const cut = (text: string, places: readonly number[]): string[] => {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b)
  return [...cuts, text.length].map((end, index) => text.slice(index === 0 ? 0 : cuts[index - 1], end))
}
export const anyPlaces = fc.array(fc.nat(), { maxLength: 12 })
