/** The forms of a secret in text: itself, its lines, and its encodings and quoted forms. Pure. */
import { keySize } from './secret-index.ts'
import type { Form } from './secret-index.ts'
import { tellingLines } from './secret-lines.ts'
import { folded } from './views.ts'

/** Minimum length of secrets to mask: masking every `a` would hide everything and protect nothing. */
const shortest = keySize
/** Minimum length of encodings to mask, for the same reason: `a b` is `a+b` in a form. */
const shortestEncoded = 6
/** A shorter line of base64 could be any word. */
const shortestBroken = 16
/** Minimum length of base64 after a line break; shorter text can be an ordinary word. */
const shortestTail = 4
/** Line widths of base64: those of PEM and of the `base64` command. */
const widths = [64, 76]

const atLeast = (size: number, texts: readonly string[]): string[] =>
  texts.filter((text) => text.length >= size)

/** With the line ends of terminals and Windows. */
const withReturns = (text: string): string[] =>
  text.includes('\n') ? [text.replaceAll(/\r?\n/g, '\r\n')] : []

/** A text quoted within '…' in a POSIX shell, in both ways. */
const inQuotes = (text: string): string[] => [
  text.replaceAll("'", String.raw`'\''`),
  text.replaceAll("'", `'"'"'`),
]
/** Maximum levels of quoting: a command within `sh -c '…'` within `sh -c '…'`. */
const mostQuoted = 3

/**
 * A text quoted by shells within '…', repeatedly, and without quotes with a backslash before each special character.
 */
const inShell = (text: string): string[] => {
  const quoted = text.includes("'") ? inQuotes(text) : []
  let level = [...quoted]
  for (let times = 1; times < mostQuoted; times += 1) {
    level = level.flatMap((once) => inQuotes(once))
    quoted.push(...level)
  }
  return [...quoted, text.replaceAll(/[^\w@%+=:,./\n-]/g, String.raw`\$&`)]
}

/** A text, and its quoted forms in shells and YAML. */
const quotings = (text: string): string[] => [
  text,
  ...atLeast(shortest, [...inShell(text), text.replaceAll("'", "''")]),
]

const forUrls = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')

/**
 * The fixed part of the base64 of bytes within other bytes: a letter has six bits, so there are three alignments, and
 * the letters at both ends contain bits of the surrounding bytes.
 */
export const certainInBase64 = (bytes: Buffer): string[] =>
  [0, 1, 2].flatMap((before) => {
    const base64 = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const certain = base64.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return certain.length < shortestEncoded ? [] : [certain]
  })

/** The same for a text, also without the first letters, because a line can end after them. */
const withinBase64 = (text: string): string[] =>
  certainInBase64(Buffer.from(text)).flatMap((certain) => [
    certain,
    ...atLeast(shortestTail, [certain.slice(3)]),
  ])

/** Base64 of the text and of the text as a line, with padding, and in lines of the usual widths. */
const inBase64 = (text: string): string[] =>
  [text, `${text}\n`].flatMap((plain) => {
    const base64 = Buffer.from(plain).toString('base64')
    const broken = widths.flatMap((width) =>
      base64.length <= width ? [] : (base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
    )
    return [base64, base64.replace(/=+$/, ''), ...atLeast(shortestBroken, broken)]
  })

const inHex = (text: string): string[] => {
  const hex = Buffer.from(text).toString('hex')
  return [hex, hex.toUpperCase()]
}

/** URL-encoded as in web forms, where a plus is a blank. `views.ts` decodes other escapes of URLs. */
const inForm = (text: string): string[] => {
  const form = new URLSearchParams({ x: text }).toString().slice('x='.length)
  return [form, form.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()), text.replaceAll(' ', '+')]
}

/** With its UTF-8 bytes read as Latin-1, as `views.ts` decodes bytes that are written as numbers. */
const inBytes = (text: string): string[] =>
  /^[\0-\x7f]*$/.test(text) ? [] : [Buffer.from(text).toString('latin1')]

/**
 * All texts to mask for a secret; none if it is too short to distinguish from ordinary words. Escapes (of JSON, C,
 * HTML, URLs) are not among them: `views.ts` decodes them.
 */
export const formsOf = (secret: string): Form[] => {
  // surrounding empty lines are not secret, and every line break could be their beginning
  const core = secret.trim()
  // a mask must not be masked again
  if (core.length < shortest || /^\*+$/.test(core)) return []
  const written = [
    core,
    ...[core, ...tellingLines(core)].flatMap(quotings),
    ...atLeast(shortest, withReturns(core)),
    ...atLeast(shortestEncoded, inForm(core)),
    // with the escaped newline at its end
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
