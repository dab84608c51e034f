/** The forms in which a secret turns up in text: itself, its lines, and what encodings and quoting make of it. Pure. */
import { keySize } from './secret-index.ts'
import type { Form } from './secret-index.ts'

/** Shorter secrets are not searched for in text: masking every `a` would hide everything and protect nothing. */
const shortest = keySize
/** Lines of a longer secret that are shorter could be any word: `user:` of a kubeconfig would mask the word user. */
const shortestLine = 16
/** Encodings of short secrets are left alone for the same reason: `a b` is `a+b` in a form. */
const shortestEncoded = 6
/** What is left of base64 behind a line break, which ordinary words are not. */
const shortestTail = 4
/** Widths at which base64 is broken into lines: that of PEM and that of the `base64` command. */
const widths = [64, 76]

const atLeast = (size: number, texts: readonly string[]): string[] =>
  texts.filter((text) => text.length >= size)

const linesOf = (text: string): string[] =>
  text.includes('\n') ? text.split('\n').map((line) => line.trim()) : []

/** As terminals and Windows end lines. */
const withReturns = (text: string): string[] =>
  text.includes('\n') ? [text.replaceAll(/\r?\n/g, '\r\n')] : []

const unicode = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON as most write it, as those write it who keep to ASCII, and as those who fear for HTML; each within JSON again. */
const inJson = (text: string): string[] => {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replaceAll(/[\u0080-\uFFFF]/g, unicode)
  const forms = [json, ascii, json.replaceAll(/[<>&]/g, unicode)]
  return forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1)])
}

/** As shells quote it within '…' (POSIX's two ways), and without quotes, letter by letter. */
const inShell = (text: string): string[] => [
  text.replaceAll("'", String.raw`'\''`),
  text.replaceAll("'", `'"'"'`),
  text.replaceAll(/[^\w@%+=:,./\n-]/g, String.raw`\$&`),
]

/** How C, and all that follow it, write letters that have no picture. */
const named: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\\': String.raw`\\`,
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\v': String.raw`\v`,
}

/** As literals of C, Python and `ls -b` write it: with either kind of quotes, bytes beyond ASCII octal or hexadecimal. */
const inC = (text: string): string[] => {
  const byteForms = [
    (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`,
    (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`,
  ]
  return byteForms.flatMap((inDigits) =>
    ['"', "'", ''].map((quotes) =>
      Array.from(text)
        .map((letter) => {
          if (letter === quotes) return `\\${letter}`
          if (named[letter] !== undefined) return named[letter]
          return /[ -~]/.test(letter) ? letter : [...Buffer.from(letter)].map(inDigits).join('')
        })
        .join(''),
    ),
  )
}

/** As YAML's '…', and as HTML and XML. */
const inMarkup = (text: string): string[] => [
  text.replaceAll("'", "''"),
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;'),
]

const forUrls = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')

/**
 * What is certain of a text's base64 wherever it stands within a longer text: letters hold six bits, so there are three
 * ways to begin, and the letters at both ends hold bits of what stands around. When a line ends right behind the first
 * letters, the others are known by themselves.
 */
const withinBase64 = (text: string): string[] => {
  const bytes = Buffer.from(text)
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const certain = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    return certain.length < shortestEncoded ? [] : [certain, ...atLeast(shortestTail, [certain.slice(3)])]
  })
}

/** Base64 of the text and of the text as a line, with padding, and in lines of the usual widths. */
const inBase64 = (text: string): string[] =>
  [text, `${text}\n`].flatMap((plain) => {
    const whole = Buffer.from(plain).toString('base64')
    const broken = widths.flatMap((width) =>
      whole.length <= width ? [] : (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
    )
    return [whole, whole.replace(/=+$/, ''), ...atLeast(shortestLine, broken)]
  })

const inHex = (text: string): string[] => {
  const hex = Buffer.from(text).toString('hex')
  return [hex, hex.toUpperCase()]
}

const inUrl = (text: string): string[] => {
  const form = new URLSearchParams({ x: text }).toString().slice('x='.length)
  // half a character has no form in a URL
  const forms = /\p{Surrogate}/u.test(text) ? [form] : [encodeURIComponent(text), encodeURI(text), form]
  return forms.flatMap((one) => [one, one.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase())])
}

/** All texts to mask for a secret; none when it is too short to be told from ordinary words. */
export const formsOf = (secret: string): Form[] => {
  // the empty lines around it give nothing away, and every line could be their beginning
  const core = secret.trim()
  // a mask must not be masked again
  if (core.length < shortest || /^\*+$/.test(core)) return []
  const plain = [
    core,
    ...atLeast(shortestLine, linesOf(core)),
    ...atLeast(shortest, [...inJson(secret), ...inJson(core), ...inShell(core), ...withReturns(core)]),
    ...atLeast(shortestEncoded, [...inC(core), ...inMarkup(core), ...inUrl(secret), ...inUrl(core)]),
  ]
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
