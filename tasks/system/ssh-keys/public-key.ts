/** Lines of authorized_keys(5). Pure. */
import { createPublicKey } from 'node:crypto'
import { endOfOptions } from './key-options.ts'

/** A line of an authorized_keys file. */
export interface AuthorizedKey {
  readonly options: string
  readonly type: string
  readonly blob: string
  readonly comment: string
}

type Field = (bytes: Buffer) => boolean

/** A number that is not negative, and has at most the 2,048 bytes that OpenSSH accepts. */
const isNumber: Field = (bytes) => bytes.length > 0 && bytes.length <= 2049 && (bytes[0] ?? 0) < 0x80

/** A modulus of at least 1,024 bits: sshd refuses shorter ones. */
const isModulus: Field = (bytes) =>
  isNumber(bytes) && BigInt(`0x${bytes.toString('hex')}`).toString(2).length >= 1024

const isEd25519: Field = (bytes) => bytes.length === 32

const anything: Field = () => true

const textIs =
  (text: string): Field =>
  (bytes) =>
    bytes.toString('latin1') === text

/** An uncompressed point of the curve. */
const isPointOf =
  (crv: string, size: number): Field =>
  (bytes) => {
    if (bytes.length !== 1 + 2 * size || bytes[0] !== 4) return false
    const [x, y] = [bytes.subarray(1, 1 + size), bytes.subarray(1 + size)]
    const key = { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') }
    try {
      createPublicKey({ format: 'jwk', key })
      return true
    } catch {
      return false
    }
  }

const p256: readonly Field[] = [textIs('nistp256'), isPointOf('P-256', 32)]

/** The fields after the type in a blob (RFC 4253, 5656 and 8709, PROTOCOL.u2f of OpenSSH). */
const fieldsOf: ReadonlyMap<string, readonly Field[]> = new Map([
  ['ssh-rsa', [isNumber, isModulus]],
  ['ssh-dss', [isNumber, isNumber, isNumber, isNumber]],
  ['ssh-ed25519', [isEd25519]],
  ['ecdsa-sha2-nistp256', p256],
  ['ecdsa-sha2-nistp384', [textIs('nistp384'), isPointOf('P-384', 48)]],
  ['ecdsa-sha2-nistp521', [textIs('nistp521'), isPointOf('P-521', 66)]],
  ['sk-ssh-ed25519@openssh.com', [isEd25519, anything]],
  ['sk-ecdsa-sha2-nistp256@openssh.com', [...p256, anything]],
])

/** The fields of a blob, each preceded by its length in four bytes; undefined if the lengths do not match. */
const split = (blob: string): Buffer[] | undefined => {
  const bytes = Buffer.from(blob, 'base64')
  // sshd does not accept base64 that is truncated or has extra bits
  if (bytes.toString('base64') !== blob) return undefined
  const fields: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) return undefined
    fields.push(bytes.subarray(at + 4, end))
    at = end
  }
  return fields
}

/** Whether a blob is a complete key of the type. */
const isOf = (type: string, blob: string): boolean => {
  const wanted = fieldsOf.get(type)
  const fields = split(blob)
  if (wanted === undefined || fields === undefined || fields.length !== wanted.length + 1) return false
  return [textIs(type), ...wanted].every((accepts, index) => accepts(fields[index] ?? Buffer.alloc(0)))
}

/** The text after the options: the type, the blob, and a comment. */
const keyIn = (text: string): Omit<AuthorizedKey, 'options'> | undefined => {
  const [, type = '', blob = '', comment = ''] =
    /^(\S+)[ \t]+([A-Za-z\d+/]+=*)(?:[ \t]+(.*))?$/.exec(text) ?? []
  return isOf(type, blob) ? { type, blob, comment: comment.trim() } : undefined
}

/** Parses a line; undefined for comments and for lines that are not a valid key. */
export const readKey = (text: string): AuthorizedKey | undefined => {
  const line = text.trim()
  if (line.startsWith('#')) return undefined
  const bare = keyIn(line)
  if (bare !== undefined) return { options: '', ...bare }
  const end = endOfOptions(line)
  const key = keyIn(line.slice(end).trim())
  return key === undefined ? undefined : { options: line.slice(0, end), ...key }
}

/** A key as a line of the file. */
export const keyLine = ({ options, type, blob, comment }: AuthorizedKey): string =>
  [options, type, blob, comment].filter((part) => part !== '').join(' ')

/** The size of a key in bits, where keys of its type can have several: those of RSA, and of the curves of ECDSA. */
export const keyBits = ({ type, blob }: AuthorizedKey): number | undefined => {
  if (type === 'ssh-rsa') {
    const modulus = split(blob)?.[2]
    return modulus === undefined ? undefined : BigInt(`0x${modulus.toString('hex')}`).toString(2).length
  }
  const [, bits] = /^ecdsa-sha2-nistp(\d+)$/.exec(type) ?? []
  return bits === undefined ? undefined : Number(bits)
}
