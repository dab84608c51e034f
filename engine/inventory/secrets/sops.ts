/**
 * Files of SOPS (https://github.com/getsops/sops): keys in the clear, each value encrypted for itself. Pure.
 *
 * A value is `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`, bound to its place: the additional data is the path of its keys,
 * each with a `:` behind it. All values together are bound by a digest, which is encrypted in the same way and bound to the
 * time of the last change.
 */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { CoxswainError } from '../../errors.ts'

export type SopsValue = string | number | boolean

/** A value of a file, in the order in which it stands there. Nothing (`null`) is neither encrypted nor counted. */
export interface SopsLeaf {
  /** The keys on the way to it; places in a list do not count. */
  readonly path: readonly string[]
  readonly value: unknown
}

const form = /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:(\w+)\]$/

export const isEncrypted = (value: unknown): value is string => typeof value === 'string' && form.test(value)

const broken = (message: string, cause?: unknown): CoxswainError =>
  new CoxswainError('secret-broken', message, { cause })

const decrypt = (
  text: string,
  key: Uint8Array,
  bound: string,
  what: string,
): { text: string; type: string } => {
  const [, data = '', iv = '', tag = '', type = ''] = form.exec(text) ?? []
  const bytes = (part: string): Buffer => Buffer.from(part, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes(iv), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(bound))
    decipher.setAuthTag(bytes(tag))
    return { text: Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString(), type }
  } catch (cause) {
    throw broken(`${what} was changed, or moved to another place, since it was encrypted`, cause)
  }
}

const valueOf = ({ text, type }: { text: string; type: string }, what: string): SopsValue => {
  switch (type) {
    case 'int':
    case 'float':
      return Number(text)
    case 'bool':
      return text.toLowerCase() === 'true'
    case 'str':
    case 'bytes':
    case 'time':
      return text
    default:
      throw broken(`${what} is of the unknown type ${type}`)
  }
}

/** A number as Go writes it without an exponent, which is how it goes into the digest. */
const inDigits = (value: number): string => {
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  if (exponent === undefined) return String(value)
  const power = Number(exponent)
  return power < 0
    ? `${sign}0.${'0'.repeat(-power - 1)}${whole}${fraction}`
    : `${sign}${whole}${fraction.padEnd(power, '0')}`
}

const inDigest = (value: unknown): string => {
  if (typeof value === 'number') return inDigits(value)
  // as Python wrote them, in which SOPS began
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : ''
}

/** What a digest over encrypted values alone begins with, so that it is never that over all values. */
const onlyEncryptedStart = createHash('sha256').update('sops').digest()

/** The digest that binds values together: of their texts as they were encrypted, one behind the other. */
const digestOf = (
  values: readonly { readonly plain: string; readonly encrypted: boolean }[],
  onlyEncrypted: boolean,
): string => {
  const hash = createHash('sha512')
  if (onlyEncrypted) hash.update(onlyEncryptedStart)
  for (const { plain, encrypted } of values) if (encrypted || !onlyEncrypted) hash.update(plain)
  return hash.digest('hex').toUpperCase()
}

/** What the `sops` map of a file says of it. */
export interface SopsFacts {
  /** The digest, encrypted. */
  readonly mac: string
  /** When it was changed last, as it is written. */
  readonly lastModified: string
  readonly macOnlyEncrypted: boolean
}

/**
 * The values of a file, each in its place.
 *
 * @throws `secret-broken` when a value, or all of them together, are not what they were when they were encrypted.
 */
export const openSops = (leaves: readonly SopsLeaf[], facts: SopsFacts, key: Uint8Array): unknown[] => {
  const values = leaves.map(({ path, value }) => {
    if (!isEncrypted(value)) return { value, plain: inDigest(value), encrypted: false }
    const what = path.join('.')
    const opened = decrypt(value, key, path.map((part) => `${part}:`).join(''), what)
    return { value: valueOf(opened, what), plain: opened.text, encrypted: true }
  })
  const digest = digestOf(values, facts.macOnlyEncrypted)
  const expected = decrypt(facts.mac, key, facts.lastModified, 'the digest of the file (sops.mac)').text
  const [given, wanted] = [Buffer.from(digest), Buffer.from(expected)]
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw broken('values were changed, moved or left out since the file was encrypted (sops.mac)')
  return values.map(({ value }) => value)
}
