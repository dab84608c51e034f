/**
 * A tar archive as a stream: files, folders and links, for GNU tar and the tar of busybox. Pure, except for the content.
 *
 * Values that do not fit into the header of 1988 are written in the format of GNU. Libraries write them in pax format, from
 * which busybox reads only the names. The library writes the header itself.
 */
import { Header } from 'tar/header'
import type { HeaderData } from 'tar/header'
import { CoxswainError } from '../../../engine/index.ts'

/** An entry of an archive. */
export interface TarEntry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** The size of a file, in bytes. */
  readonly size: number
  /** The target of a link. */
  readonly target: string
  /** When its content was changed; 1970 by default. */
  readonly modified?: Date
}

const block = 512

/** The zeros that fill the last block after so many bytes. */
const padding = (size: number): Buffer => Buffer.alloc((block - (size % block)) % block)

const headerBlock = (fields: HeaderData): Buffer => {
  const bytes = Buffer.alloc(block)
  new Header({ mtime: new Date(0), ...fields }).encode(bytes)
  return bytes
}

/** Whether a name fits into the header, with a zero byte after it. */
const fits = (text: string): boolean => Buffer.byteLength(text) < 100

/** A name that does not fit into the header, in an entry of its own before the entry that it names. */
const long = (text: string, type: 'NextFileHasLongPath' | 'NextFileHasLongLinkpath'): Buffer[] => {
  if (fits(text)) return []
  const content = Buffer.from(`${text}\0`)
  const fields = { path: '././@LongLink', mode: 0o644, uid: 0, gid: 0, size: content.length, type }
  return [headerBlock(fields), content, padding(content.length)]
}

const types = { file: 'File', link: 'SymbolicLink', directory: 'Directory' } as const

const headerOf = ({ path, kind, mode, uid, gid, size, target, modified }: TarEntry): Buffer => {
  const name = kind === 'directory' ? `${path.replace(/\/$/, '')}/` : path
  const to = kind === 'link' ? target : ''
  return Buffer.concat([
    ...long(to, 'NextFileHasLongLinkpath'),
    ...long(name, 'NextFileHasLongPath'),
    headerBlock({
      // the long name before this entry is used
      path: fits(name) ? name : 'long',
      linkpath: fits(to) ? to : 'long',
      mode,
      uid,
      gid,
      size: kind === 'file' ? size : 0,
      type: types[kind],
      ...(modified && { mtime: modified }),
    }),
  ])
}

/** The size in bytes of an archive of these entries. */
export const tarSize = (entries: readonly TarEntry[]): number =>
  entries.reduce((sum, entry) => {
    const size = entry.kind === 'file' ? entry.size : 0
    return sum + headerOf(entry).length + size + padding(size).length
  }, 2 * block)

/**
 * Writes an archive.
 *
 * @param open opens the content of a file.
 * @throws `read-failed` if a file does not have the expected size: the reader would take the next entry for a part of it.
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
