/**
 * What `caching_sha2_password` keeps of a password: SHA-256 of crypt(5) with a salt of 20 bytes
 * (https://www.akkadia.org/drepper/SHA-crypt.txt), after the digits of its thousands of rounds. Pure.
 */
import { createHash } from 'node:crypto'

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const prefix = '$A$005$'
const [saltLength, rounds] = [20, 5000]

const sha256 = (...parts: readonly Buffer[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Bytes again and again, up to a length. */
const repeated = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes)

/** The first digest: of password and salt, mixed by the bits of the length of the password. */
const firstDigest = (password: Buffer, salt: Buffer): Buffer => {
  const other = sha256(password, salt, password)
  const parts = [password, salt, repeated(other, password.length)]
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? other : password)
  return sha256(...parts)
}

/** The bytes of a digest in the order of crypt(5), six bits a letter. */
const lettersOf = (digest: Buffer): string => {
  const groups = Array.from({ length: 10 }, (_, at): readonly number[] => {
    const bytes = [digest[at] ?? 0, digest[at + 10] ?? 0, digest[at + 20] ?? 0]
    // each group begins with another one of the three
    const from = (3 - (at % 3)) % 3
    return [...bytes.slice(from), ...bytes.slice(0, from)]
  })
  const letters = (value: number, count: number): string =>
    Array.from({ length: count }, (_, at) => alphabet[(value >> (6 * at)) & 63]).join('')
  const all = groups.map(([a = 0, b = 0, c = 0]) => letters((a << 16) | (b << 8) | c, 4))
  return `${all.join('')}${letters(((digest[31] ?? 0) << 8) | (digest[30] ?? 0), 3)}`
}

const digestOf = (password: Buffer, salt: Buffer): string => {
  const first = firstDigest(password, salt)
  const [p, s] = [
    repeated(sha256(...Array.from(password, () => password)), password.length),
    repeated(sha256(...Array.from({ length: 16 + (first[0] ?? 0) }, () => salt)), salt.length),
  ]
  let digest = first
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1
    digest = sha256(
      odd ? p : digest,
      ...(round % 3 === 0 ? [] : [s]),
      ...(round % 7 === 0 ? [] : [p]),
      odd ? digest : p,
    )
  }
  return lettersOf(digest)
}

/** What the server keeps, as bytes. @param salt 20 bytes from 1 to 127, without `$`. */
export const cachingHash = (password: string, salt: Buffer): Buffer =>
  Buffer.concat([Buffer.from(prefix), salt, Buffer.from(digestOf(Buffer.from(password), salt))])

/** Whether what the server keeps is that of a password. */
export const isCachingHash = (kept: Buffer, password: string): boolean => {
  const salt = kept.subarray(prefix.length, prefix.length + saltLength)
  return (
    kept.subarray(0, prefix.length).toString('latin1') === prefix &&
    salt.length === saltLength &&
    cachingHash(password, salt).equals(kept)
  )
}

/** A salt of random bytes. */
export const saltOf = (random: Buffer): Buffer =>
  Buffer.from(Array.from({ length: saltLength }, (_, at) => alphabet.charCodeAt((random[at] ?? 0) & 63)))
