/** The index of a tar archive here: names, kinds and sizes. Pure, but for reading the archive. */
import type { Member } from './member.ts'

const block = 512

/** Longer than any name that a system takes. */
const longestText = 1024 * 1024

/** Takes bytes from a stream in the portions that are asked for. */
class Portions {
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** So many bytes; undefined when there are no more at all. */
  async take(count: number): Promise<Buffer | undefined> {
    while (this.#held.length < count) {
      const { done, value } = await this.#chunks.next()
      if (done === true) {
        if (this.#held.length === 0) return undefined
        throw new Error('it ends in the middle')
      }
      this.#held = Buffer.concat([this.#held, value])
    }
    const taken = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(count)
    return taken
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const step = Math.min(left, Math.max(1, this.#held.length))
      if ((await this.take(step)) === undefined) throw new Error('it ends in the middle')
      left -= step
    }
  }

  /** Lets go of the source, read or not. */
  async end(): Promise<void> {
    await this.#chunks.return?.()
  }
}

const textAt = (header: Buffer, at: number, length: number): string => {
  const field = header.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** A number in octal digits, or in bytes as GNU writes what is too big for them. */
const numberAt = (header: Buffer, at: number, length: number): number => {
  const first = header[at] ?? 0
  if (first === 0x80) return header.readUIntBE(at + length - 6, 6)
  const digits = textAt(header, at, length).trim()
  if (first > 0x80 || !/^[0-7]*$/.test(digits)) throw new Error('a header is broken')
  return Number.parseInt(digits === '' ? '0' : digits, 8)
}

const hasRightSum = (header: Buffer): boolean => {
  const told = Number.parseInt(textAt(header, 148, 8).trim(), 8)
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  return told === sum
}

/** What a pax header says: records of `LENGTH KEY=VALUE` and a newline, the length that of the whole record. */
const paxOf = (bytes: Buffer): Map<string, string> => {
  const said = new Map<string, string>()
  for (let at = 0; at < bytes.length;) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 20), 10)
    if (!(length > 0)) throw new Error('a header is broken')
    const record = bytes.toString('utf8', at, at + length - 1)
    const [key = '', ...value] = record.slice(record.indexOf(' ') + 1).split('=')
    said.set(key, value.join('='))
    at += length
  }
  return said
}

/** A member as its archive names it. */
export type RawMember = Omit<Member, 'path'> & { readonly name: string }

/** What stands before a header and is said of it. */
interface Said {
  readonly name?: string | undefined
  readonly target?: string | undefined
  readonly size?: number | undefined
}

const saidByPax = (bytes: Buffer): Said => {
  const pax = paxOf(bytes)
  if ([...pax.keys()].some((key) => key.startsWith('GNU.sparse.'))) throw new Error('it holds sparse files')
  const [name, target, size] = ['path', 'linkpath', 'size'].map((key) => pax.get(key))
  return {
    ...(name !== undefined && { name }),
    ...(target !== undefined && { target }),
    ...(size !== undefined && { size: Number(size) }),
  }
}

/** What a header that is no member says of the next one. */
const saidBy = (flag: string, bytes: Buffer): Said => {
  const text = (): string => textAt(bytes, 0, bytes.length)
  if (flag === 'L') return { name: text() }
  if (flag === 'K') return { target: text() }
  return flag === 'x' ? saidByPax(bytes) : {}
}

const nameOf = (header: Buffer): string => {
  const prefix = textAt(header, 257, 6) === 'ustar' ? textAt(header, 345, 155) : ''
  const name = textAt(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

const memberOf = (header: Buffer, size: number, { name = nameOf(header), target }: Said): RawMember => {
  const to = target ?? textAt(header, 157, 100)
  const flag = String.fromCharCode(header[156] ?? 0)
  switch (flag) {
    case '0':
    case '\0':
    case '7':
      // as it was before there were kinds
      return name.endsWith('/')
        ? { name, kind: 'directory', size: 0, target: '' }
        : { name, kind: 'file', size, target: '' }
    case '1':
      return { name, kind: 'file', size: undefined, target: '' }
    case '2':
      return { name, kind: 'link', size: 0, target: to }
    case '5':
      return { name, kind: 'directory', size: 0, target: '' }
    default:
      throw new Error(`it holds what is no file, folder or link: ${name}`)
  }
}

/** Text of a header that says something of the next one. */
const longText = async (portions: Portions, size: number): Promise<Buffer> => {
  if (size > longestText) throw new Error('a header is broken')
  const bytes = await portions.take(Math.ceil(size / block) * block)
  if (bytes === undefined && size > 0) throw new Error('it ends in the middle')
  return (bytes ?? Buffer.alloc(0)).subarray(0, size)
}

/**
 * The members of an archive, in its order.
 *
 * @throws an Error that says what is wrong with it.
 */
export const tarIndex = async (chunks: AsyncIterable<Uint8Array>): Promise<RawMember[]> => {
  const portions = new Portions(chunks)
  const members: RawMember[] = []
  let said: Said = {}
  try {
    for (;;) {
      const header = await portions.take(block)
      if (header === undefined)
        throw new Error(members.length === 0 ? 'it is empty' : 'it ends in the middle')
      if (header.every((byte) => byte === 0)) return members
      if (!hasRightSum(header)) throw new Error('it is no tar archive, or broken')
      const size = numberAt(header, 124, 12)
      const flag = String.fromCharCode(header[156] ?? 0)
      if (/[gxLK]/.test(flag)) Object.assign(said, saidBy(flag, await longText(portions, size)))
      else {
        const bytes = said.size ?? size
        members.push(memberOf(header, bytes, said))
        // links and folders have no content, whatever their size says
        if (!/[1-6]/.test(flag)) await portions.skip(Math.ceil(bytes / block) * block)
        said = {}
      }
    }
  } finally {
    await portions.end()
  }
}
