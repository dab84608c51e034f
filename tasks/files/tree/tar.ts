/**
 * A tar archive as a stream: files, folders and links, for the tar of GNU and of busybox. Pure, but for the content.
 *
 * What does not fit into the header of 1988 goes in the way of GNU. Libraries write it in the way of pax, of which busybox
 * reads the names alone; the header itself is theirs.
 */
import { Header } from 'tar'
import type { HeaderData } from 'tar'
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

/** Bytes of zeros that fill up the last block of so many bytes. */
const padding = (size: number): Buffer => Buffer.alloc((block - (size % block)) % block)

const headerBlock = (fields: HeaderData): Buffer => {
  const bytes = Buffer.alloc(block)
  new Header({ mtime: new Date(0), ...fields }).encode(bytes)
  return bytes
}

/** Whether a name has a place in the header, with the zero behind it. */
const fits = (text: string): boolean => Buffer.byteLength(text) < 100

/** A name that does not fit, in an entry of its own before the one that it belongs to. */
const long = (text: string, type: 'NextFileHasLongPath' | 'NextFileHasLongLinkpath'): Buffer[] => {
  if (fits(text)) return []
  const content = Buffer.from(`${text}\0`)
  const fields = { path: '././@LongLink', mode: 0o644, uid: 0, gid: 0, size: content.length, type }
  return [headerBlock(fields), content, padding(content.length)]
}

const types = { file: 'File', link: 'SymbolicLink', directory: 'Directory' } as const

const headerOf = ({ path, kind, mode, uid, gid, size, target }: TarEntry): Buffer => {
  const name = kind === 'directory' ? `${path}/` : path
  const to = kind === 'link' ? target : ''
  return Buffer.concat([
    ...long(to, 'NextFileHasLongLinkpath'),
    ...long(name, 'NextFileHasLongPath'),
    headerBlock({
      // what was said before counts
      path: fits(name) ? name : 'long',
      linkpath: fits(to) ? to : 'long',
      mode,
      uid,
      gid,
      size: kind === 'file' ? size : 0,
      type: types[kind],
    }),
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
      throw new CoxswainError('read-failed', `${entry.path} changed while it was being sent`, {
        hint: 'run again while nothing writes to the folder',
      })
    }
    yield padding(bytes)
  }
  yield Buffer.alloc(2 * block)
}
