/** Random secrets, and all the ways in which programs write a text. For property tests of masking. */
import fc from 'fast-check'

/** Asterisks are left out: a mask beside other text could look like a secret that begins with a mask. */
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

/** Pass phrases, tokens, what looks like base64, what is made of quotes and signs, and keys of several lines. */
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

/** Escapes as C writes them, in octal digits, apart from the code that is tested. */
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

/** Ways to write a secret by itself. */
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

/** What of a secret is certain in base64, wherever it stands in what is encoded. */
export const certainInBase64 = (secret: string, bytesBefore: number): string => {
  const shift = bytesBefore % 3
  const bytes = Buffer.from(secret)
  const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  return whole.slice(Math.ceil((shift * 4) / 3), Math.floor(((shift + bytes.length) * 4) / 3))
}

/** A text in pieces, cut anywhere. */
export const cut = (text: string, places: readonly number[]): string[] => {
  const cuts = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((a, b) => a - b)
  return [...cuts, text.length].map((end, index) => text.slice(index === 0 ? 0 : cuts[index - 1], end))
}
export const anyPlaces = fc.array(fc.nat(), { maxLength: 12 })
