/** What a secret becomes among letters and digits alone. Pure. */
import { between, looseOf } from './loose.ts'

/** What is certain of some bytes in base32: letters hold five bits, so there are five ways to begin. */
const inBase32 = (bytes: Buffer): string[] => {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return [0, 1, 2, 3, 4].map((skipped) =>
    (bits.slice(skipped).match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join(''),
  )
}

/** Whether letters are no ordinary word or number, however they are set. */
const isTelling = (text: string): boolean =>
  text.length >= (/\d/.test(text) ? (/[a-z]/.test(text) ? 6 : 8) : 10)

/** Whether a secret can be looked for by its letters and digits. */
export const isLoose = (secret: string): boolean => isTelling(looseOf(secret))

/** Fewer digits of bytes are a number like many. */
const fewestDigits = 8
/** From so many letters on a secret is looked for without its first or last one too. */
const longEnough = 10

/** Bytes in the digits and letters that programs write them in, as {@link looseViews} shows them. */
export const writtenBytes = (secret: string, inBase64: (bytes: Buffer) => string[]): string[] => {
  const bytes = Buffer.from(secret)
  const wide = Buffer.from(secret, 'utf16le')
  const once = inBase64(bytes)
  const numbers = [10, 8].flatMap((radix) => [
    [...bytes].map((byte) => byte.toString(radix)).join(''),
    [...bytes].map((byte) => byte.toString(radix).padStart(3, '0')).join(''),
  ])
  return [
    bytes.toString('hex'),
    wide.toString('hex').slice(0, -2),
    ...numbers,
    ...once,
    ...inBase64(wide),
    ...once.flatMap((form) => inBase64(Buffer.from(form))),
    ...inBase32(bytes),
  ].map((form) => form.replace(between, '').toLowerCase())
}

/** A text where its letters stand apart, so that escapes in it are none, and with its bytes read as letters. */
export const otherReadings = (text: string): string[] => [
  looseOf(text, true),
  looseOf(Buffer.from(text).toString('latin1')),
]

/**
 * A secret as it stands in {@link looseViews}: itself, without one of its ends, backwards, and its bytes in the digits that
 * programs write them in.
 *
 * @param inBase64 what is certain of bytes in base64.
 */
export const looseForms = (secret: string, inBase64: (bytes: Buffer) => string[]): string[] => {
  const text = looseOf(secret)
  const backwards = looseOf(Array.from(secret).toReversed().join(''))
  const cut =
    text.length < longEnough ? [] : [secret.slice(1), secret.slice(0, -1)].map((part) => looseOf(part))
  return [
    ...[...otherReadings(secret), text, backwards, ...cut].filter(isTelling),
    ...writtenBytes(secret, inBase64).filter((form) => form.length >= fewestDigits),
  ]
}
