/** The forms in which a secret turns up in text: itself, its lines, and what encodings and shells make of it. Pure. */
import { keySize } from './secret-index.ts'
import type { Form } from './secret-index.ts'
import { tellingLines } from './secret-lines.ts'
import { folded } from './views.ts'

/** Shorter secrets are not searched for in text: masking every `a` would hide everything and protect nothing. */
const shortest = keySize
/** Encodings of short secrets are left alone for the same reason: `a b` is `a+b` in a form. */
const shortestEncoded = 6
/** A shorter line of base64 could be any word. */
const shortestBroken = 16
/** What is left of base64 behind a line break, which ordinary words are not. */
const shortestTail = 4
/** Widths at which base64 is broken into lines: that of PEM and that of the `base64` command. */
const widths = [64, 76]

const atLeast = (size: number, texts: readonly string[]): string[] =>
  texts.filter((text) => text.length >= size)

/** As terminals and Windows end lines. */
const withReturns = (text: string): string[] =>
  text.includes('\n') ? [text.replaceAll(/\r?\n/g, '\r\n')] : []

/** As shells quote a text within '…': POSIX's two ways. */
const inQuotes = (text: string): string[] => [
  text.replaceAll("'", String.raw`'\''`),
  text.replaceAll("'", `'"'"'`),
]
/** A command within `sh -c '…'` within `sh -c '…'`. */
const mostQuoted = 3

/** As shells quote it within '…', also where that is quoted again, and without quotes, letter by letter. */
const inShell = (text: string): string[] => {
  const quoted = text.includes("'") ? inQuotes(text) : []
  let level = [...quoted]
  for (let times = 1; times < mostQuoted; times += 1) {
    level = level.flatMap((once) => inQuotes(once))
    quoted.push(...level)
  }
  return [...quoted, text.replaceAll(/[^\w@%+=:,./\n-]/g, String.raw`\$&`)]
}

/** A text, and how shells and YAML quote it. */
const quotings = (text: string): string[] => [
  text,
  ...atLeast(shortest, [...inShell(text), text.replaceAll("'", "''")]),
]

const forUrls = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')

/**
 * What is certain of the base64 of some bytes wherever they stand among others: letters hold six bits, so there are three
 * ways to begin, and the letters at both ends hold bits of what stands around.
 */
export const certainInBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const certain = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return certain.length < shortestEncoded ? [] : [certain]
  })

/** The same of a text, and without its first letters: a line may end right after them. */
const withinBase64 = (text: string): string[] =>
  certainInBase64(Buffer.from(text)).flatMap((certain) => [
    certain,
    ...atLeast(shortestTail, [certain.slice(3)]),
  ])

/** Base64 of the text and of the text as a line, with padding, and in lines of the usual widths. */
const inBase64 = (text: string): string[] =>
  [text, `${text}\n`].flatMap((plain) => {
    const whole = Buffer.from(plain).toString('base64')
    const broken = widths.flatMap((width) =>
      whole.length <= width ? [] : (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
    )
    return [whole, whole.replace(/=+$/, ''), ...atLeast(shortestBroken, broken)]
  })

const inHex = (text: string): string[] => {
  const hex = Buffer.from(text).toString('hex')
  return [hex, hex.toUpperCase()]
}

/** As forms of the web send it, where a plus stands for a blank. Other escapes of URLs are read in `views.ts`. */
const inForm = (text: string): string[] => {
  const form = new URLSearchParams({ x: text }).toString().slice('x='.length)
  return [form, form.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()), text.replaceAll(' ', '+')]
}

/** With its bytes read as letters, as `views.ts` reads bytes that are written as numbers. */
const inBytes = (text: string): string[] =>
  /^[\0-\x7f]*$/.test(text) ? [] : [Buffer.from(text).toString('latin1')]

/**
 * All texts to mask for a secret; none when it is too short to be told from ordinary words. Escapes (of JSON, C, HTML, URLs)
 * are not among them: `views.ts` reads them.
 */
export const formsOf = (secret: string): Form[] => {
  // the empty lines around it give nothing away, and every line could be their beginning
  const core = secret.trim()
  // a mask must not be masked again
  if (core.length < shortest || /^\*+$/.test(core)) return []
  const written = [
    core,
    ...[core, ...tellingLines(core)].flatMap(quotings),
    ...atLeast(shortest, withReturns(core)),
    ...atLeast(shortestEncoded, inForm(core)),
    // with the newline at its end, where it is not seen as one
    ...(secret === core ? [] : [JSON.stringify(secret).slice(1, -1)]),
  ]
  const plain = written.flatMap((text) => [text, ...atLeast(shortest, [folded(text), ...inBytes(text)])])
  const encoded = [secret, core].flatMap((text) => [...inBase64(text), ...inHex(text)])
  const wrapped = [...atLeast(shortestEncoded, encoded), ...withinBase64(core)].flatMap((form) => [
    form,
    forUrls(form),
  ])
  const unique = (texts: readonly string[]): string[] => [...new Set(texts)]
  return [
    ...unique(plain).map((text) => ({ text, wraps: false })),
    ...unique(wrapped).map((text) => ({ text, wraps: true })),
  ]
}
