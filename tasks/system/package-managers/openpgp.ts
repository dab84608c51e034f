/** Public keys of OpenPGP (RFC 9580), as far as it takes to name them by their fingerprints. Pure. */
import { createHash } from 'node:crypto'

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----'
const end = '-----END PGP PUBLIC KEY BLOCK-----'

/** The bytes of all blocks in a text; undefined if it does not contain any. */
const dearmored = (text: string): Buffer | undefined => {
  const blocks = text.split(begin).slice(1)
  if (blocks.length === 0) return undefined
  return Buffer.concat(
    blocks.map((block) => {
      const lines = block.slice(0, Math.max(block.indexOf(end), 0)).split(/\r?\n/)
      // headers such as `Version: …` end with an empty line; the line that begins with = is a checksum
      const body = lines.slice(lines.findIndex((line, at) => at > 0 && line.trim() === '') + 1)
      return Buffer.from(body.filter((line) => !line.startsWith('=')).join(''), 'base64')
    }),
  )
}

/** The checksum of armor: CRC-24. */
const checksum = (bytes: Buffer): Buffer => {
  let crc = 0xb704ce
  for (const byte of bytes) {
    crc ^= byte << 16
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb
    }
  }
  return Buffer.from([(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff])
}

const armored = (bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return [begin, '', ...lines, `=${checksum(bytes).toString('base64')}`, end, ''].join('\n')
}

interface Packet {
  readonly tag: number
  readonly body: Buffer
  readonly next: number
}

/** The packet at an offset; undefined for bytes that are not one. */
const packetAt = (bytes: Buffer, at: number): Packet | undefined => {
  const first = bytes[at] ?? 0
  const second = bytes[at + 1] ?? 0
  let [tag, from, length] = [first & 0x3f, at + 2, second]
  if ((first & 0xc0) === 0xc0) {
    if (second >= 192 && second < 224) {
      ;[from, length] = [at + 3, ((second - 192) << 8) + (bytes[at + 2] ?? 0) + 192]
    } else if (second === 255 && at + 6 <= bytes.length) [from, length] = [at + 6, bytes.readUInt32BE(at + 2)]
    // a key does not come in parts
    else if (second >= 224) return undefined
  } else if ((first & 0x80) !== 0) {
    const size = [1, 2, 4][first & 3]
    if (size === undefined || at + 1 + size > bytes.length) return undefined
    ;[tag, from, length] = [(first >> 2) & 0xf, at + 1 + size, bytes.readUIntBE(at + 1, size)]
  } else return undefined
  const next = from + length
  return next > bytes.length ? undefined : { tag, body: bytes.subarray(from, next), next }
}

/** The tag of the packet that a key begins with; its subkeys have another. */
const publicKey = 6

const fingerprintOf = (body: Buffer): string | undefined => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(body.length)
  const sum = (algorithm: string, head: readonly Uint8Array[]): string =>
    createHash(algorithm)
      .update(Buffer.concat([...head, body]))
      .digest('hex')
      .toUpperCase()
  if (body[0] === 4) return sum('sha1', [Buffer.from([0x99]), size.subarray(2)])
  return body[0] === 6 ? sum('sha256', [Buffer.from([0x9b]), size]) : undefined
}

/** Keys in one file. */
export interface PublicKeys {
  /** The fingerprint of each key, without those of its subkeys: 40 or 64 upper-case hexadecimal digits. */
  readonly fingerprints: readonly string[]
  /** All of it as text. */
  readonly text: string
}

/** The keys of a file, as text or binary; undefined if it contains anything that is not understood, or none. */
export const publicKeysIn = (file: Buffer): PublicKeys | undefined => {
  const bytes = dearmored(file.toString('latin1')) ?? file
  const fingerprints: string[] = []
  for (let at = 0; at < bytes.length;) {
    const packet = packetAt(bytes, at)
    if (packet === undefined || (at === 0 && packet.tag !== publicKey)) return undefined
    if (packet.tag === publicKey) {
      const its = fingerprintOf(packet.body)
      if (its === undefined) return undefined
      fingerprints.push(its)
    }
    at = packet.next
  }
  return fingerprints.length === 0 ? undefined : { fingerprints, text: armored(bytes) }
}
