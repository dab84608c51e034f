/** The forms in which a secret turns up in text: itself, its lines, and what encodings make of it. Pure. */

/** Shorter secrets are not searched for in text: masking every `a` would hide everything and protect nothing. */
const shortest = 3
/** Lines of a longer secret that are shorter could be any word: `user:` of a kubeconfig would mask the word user. */
const shortestLine = 16
/** Encodings of short secrets are left alone for the same reason: `a b` is `a+b` in a form. */
const shortestEncoded = 6
/** Widths at which base64 is broken into lines: that of PEM and that of the `base64` command. */
const widths = [64, 76]

const atLeast = (size: number, texts: readonly string[]): string[] =>
  texts.filter((text) => text.length >= size)

const linesOf = (text: string): string[] =>
  text.includes('\n') ? text.split('\n').map((line) => line.trim()) : []

/** JSON as most write it, and as those write it who keep to ASCII. */
const inJson = (text: string): string[] => {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replaceAll(
    /[\u0080-\uFFFF]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return [json, ascii]
}

/** Base64 of the text and of the text as a line, with and without padding, whole and in lines. */
const inBase64 = (text: string): string[] =>
  [text, `${text}\n`].flatMap((plain) => {
    const whole = Buffer.from(plain).toString('base64')
    const broken = widths.flatMap((width) =>
      whole.length <= width ? [] : (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
    )
    return [
      whole,
      whole.replace(/=+$/, ''),
      Buffer.from(plain).toString('base64url'),
      ...atLeast(shortestLine, broken),
    ]
  })

const inUrl = (text: string): string[] => {
  const form = new URLSearchParams({ x: text }).toString().slice('x='.length)
  // half a character has no form in a URL
  return /\p{Surrogate}/u.test(text) ? [form] : [encodeURIComponent(text), form]
}

/** All texts to mask for a secret; none when it is too short to be told from ordinary words. */
export const formsOf = (secret: string): string[] => {
  if (secret.length < shortest) return []
  return [
    secret,
    ...atLeast(shortestLine, linesOf(secret)),
    ...atLeast(shortest, inJson(secret)),
    ...atLeast(shortestEncoded, [...inBase64(secret), ...inUrl(secret)]),
  ]
}
