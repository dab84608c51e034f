/**
 * A tar archive as a stream: files, folders and links, for the tar of GNU and of busybox. Pure, but for the content.
 *
 * What does not fit into the header of 1988 goes in the way of GNU: of what pax says, busybox reads the names alone.
 */
import { CoxswainError } from '../../../engine/index.ts'

/** What goes into an archive. */
export interface TarEntry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a file. */
  readonly size: number
  /** Where a link points to. */
  readonly target: string
}

const block = 512

const flags = { file: '0', link: '2', directory: '5', longName: 'L', longTarget: 'K' } as const

/** Bytes of zeros that fill up the last block of so many bytes. */
const padding = (size: number): Buffer => Buffer.alloc((block - (size % block)) % block)

/** A number in octal digits; one that is too big for them in bytes, as GNU does it. */
const numberField = (value: number, length: number): Buffer => {
  const digits = value.toString(8)
  if (digits.length < length) return Buffer.from(`${digits.padStart(length - 1, '0')}\0`)
  const field = Buffer.alloc(length)
  field.writeUIntBE(value, length - 6, 6)
  field[0] = 0x80
  return field
}

interface Fields {
  readonly name: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly flag: string
  readonly target: Buffer
}

const header = ({ name, mode, uid, gid, size, flag, target }: Fields): Buffer => {
  const bytes = Buffer.alloc(block)
  const put = (at: number, field: Buffer): void => void field.copy(bytes, at)
  put(0, name.subarray(0, 100))
  put(100, numberField(mode, 8))
  put(108, numberField(uid, 8))
  put(116, numberField(gid, 8))
  put(124, numberField(size, 12))
  put(136, numberField(0, 12))
  // the sum is made with blanks in its own place
  put(148, Buffer.from('        '))
  put(156, Buffer.from(flag))
  put(157, target.subarray(0, 100))
  put(257, Buffer.from('ustar  \0'))
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  put(148, Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `))
  return bytes
}

/** A name that does not fit, in an entry of its own before the one that it belongs to. */
const long = (text: Buffer, flag: string): Buffer[] => {
  if (text.length <= 100) return []
  const content = Buffer.concat([text, Buffer.alloc(1)])
  const name = Buffer.from('././@LongLink')
  const fields = { name, mode: 0o644, uid: 0, gid: 0, size: content.length, flag, target: Buffer.alloc(0) }
  return [header(fields), content, padding(content.length)]
}

const headerOf = ({ path, kind, mode, uid, gid, size, target }: TarEntry): Buffer => {
  const name = Buffer.from(kind === 'directory' ? `${path}/` : path)
  const to = Buffer.from(kind === 'link' ? target : '')
  const bytes = kind === 'file' ? size : 0
  return Buffer.concat([
    ...long(to, flags.longTarget),
    ...long(name, flags.longName),
    header({ name, mode, uid, gid, size: bytes, flag: flags[kind], target: to }),
  ])
}

/** Bytes of an archive of these entries. */
export const tarSize = (entries: readonly TarEntry[]): number =>
  entries.reduce((sum, entry) => {
    const size = entry.kind === 'file' ? entry.size : 0
    return sum + headerOf(entry).length + size + padding(size).length
  }, 2 * block)

/**
 * An archive.
 *
 * @param open the content of a file.
 * @throws `read-failed` when a file has another size than was said: whatever came after it would be taken for its own.
 */
export async function* tarOf<Entry extends TarEntry>(
  entries: readonly Entry[],
  open: (entry: Entry) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield headerOf(entry)
    if (entry.kind !== 'file' || entry.size === 0) continue
    let bytes = 0
    for await (const chunk of open(entry)) {
      bytes += chunk.length
      if (bytes > entry.size) break
      yield chunk
    }
    if (bytes !== entry.size) {
      throw new CoxswainError('read-failed', `${entry.path} changed while it was sent`, {
        hint: 'let nothing write into the folder meanwhile, and run it again',
      })
    }
    yield padding(bytes)
  }
  yield Buffer.alloc(2 * block)
}
