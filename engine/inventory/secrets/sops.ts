/**
 * Decrypts values of SOPS files (https://github.com/getsops/sops), whose keys are in the clear. Pure.
 *
 * A value is `ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`. Its additional data is the path of its keys,
 * each followed by `:`. A digest covers all values; it is encrypted in the same way, and its additional data is the
 * time of the last change.
 */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'
import { CoxswainError } from '../../errors.ts'

export type SopsValue = string | number | boolean

/** A value of a file, in the order of the file. `null` is neither encrypted nor part of the digest. */
export interface SopsLeaf {
  /** The path of its keys, without positions in lists. */
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
    throw broken(`${what} was changed or moved after it was encrypted`, cause)
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
      throw broken(`${what} has the unknown type ${type}`)
  }
}

/** A number as Go writes it without an exponent, as in the digest. */
const inDigits = (value: number): string => {
  const [, sign = '', digits = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  if (exponent === undefined) return String(value)
  const power = Number(exponent)
  return power < 0
    ? `${sign}0.${'0'.repeat(-power - 1)}${digits}${fraction}`
    : `${sign}${digits}${fraction.padEnd(power, '0')}`
}

const inDigest = (value: unknown): string => {
  if (typeof value === 'number') return inDigits(value)
  // as in Python, the first implementation of SOPS
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'string' ? value : ''
}

/** The start of a digest over encrypted values only, which makes it differ from one over all values. */
const onlyEncryptedStart = createHash('sha256').update('sops').digest()

/** The digest of all values: of their plain texts in order. */
const digestOf = (
  values: readonly { readonly plain: string; readonly encrypted: boolean }[],
  onlyEncrypted: boolean,
): string => {
  const hash = createHash('sha512')
  if (onlyEncrypted) hash.update(onlyEncryptedStart)
  for (const { plain, encrypted } of values) if (encrypted || !onlyEncrypted) hash.update(plain)
  return hash.digest('hex').toUpperCase()
}

/** The data in the `sops` map of a file. */
export interface SopsFacts {
  /** The digest, encrypted. */
  readonly mac: string
  /** The time of the last change, as written. */
  readonly lastModified: string
  readonly macOnlyEncrypted: boolean
}

/**
 * Decrypts the values of a file.
 *
 * @throws `secret-broken` if a value or the set of values was changed after encryption.
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
    throw broken('values were changed, moved or removed after the file was encrypted (sops.mac)')
  return values.map(({ value }) => value)
}
