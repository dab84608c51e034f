/** The forms of a secret in text that is reduced to letters and digits. Pure. */
import { between, looseOf } from './loose.ts'
import { isPlain } from './readings.ts'

/** The fixed part of bytes in base32: a letter has five bits, so there are five alignments. */
const inBase32 = (bytes: Buffer): string[] => {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567'
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return [0, 1, 2, 3, 4].map((skipped) =>
    (bits.slice(skipped).match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join(''),
  )
}

/** Whether letters and digits are too long for an ordinary word or number. */
const isTelling = (text: string): boolean =>
  text.length >= (/\d/.test(text) ? (/[a-z]/.test(text) ? 6 : 8) : 10)

/** Whether a secret can be searched for by its letters and digits, also if some look escaped and are written separately. */
export const isLoose = (secret: string): boolean => [looseOf(secret), looseOf(secret, true)].every(isTelling)

/** Minimum digits of encoded bytes: shorter numbers are too common. */
const fewestDigits = 8
/** Letters and digits from which a secret is also searched for without its first or last character. */
const longEnough = 9

/** Bytes in the encodings of programs, in the form of {@link looseViews}. */
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

/** A text with escapes read without decoding them, and with its bytes read as Latin-1. */
export const otherReadings = (text: string): string[] =>
  isPlain(text) ? [] : [looseOf(text, true), looseOf(Buffer.from(text).toString('latin1'))]

/**
 * A secret in the form of {@link looseViews}: itself, without its first or last character, reversed, and its bytes in
 * the encodings of programs.
 *
 * @param inBase64 returns the fixed part of bytes in base64.
 */
export const looseForms = (secret: string, inBase64: (bytes: Buffer) => string[]): string[] => {
  const isLong = looseOf(secret).length >= longEnough
  const parts = isLong ? [secret.slice(1), secret.slice(0, -1)] : []
  const written = [secret, Array.from(secret).toReversed().join(''), ...parts]
  return [
    ...written.flatMap((text) => [looseOf(text), ...otherReadings(text)]).filter(isTelling),
    ...writtenBytes(secret, inBase64).filter((form) => form.length >= fewestDigits),
  ]
}
