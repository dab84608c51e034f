/** Zip archives of this machine: their index, and the same as a tar archive, which any host can unpack. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Entry, ZipFile } from 'yauzl'
import { tarOf } from '../tree/tar.ts'
import type { TarEntry } from '../tree/tar.ts'
import type { RawMember } from './member.ts'

/** Whether a local file is a zip archive: the first bytes of a member, or of the end of an empty archive. */
export const isZip = async (path: string): Promise<boolean> => {
  const file = await open(path)
  try {
    const { buffer: start, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && ['504b0304', '504b0506'].includes(start.toString('hex'))
  } finally {
    await file.close()
  }
}

const fileTypes = 0o170000
const linkType = 0o120000
const folderType = 0o040000
const plainType = 0o100000

/** The type and permissions of a member that a program of Unix has put there (APPNOTE.TXT of the format, 4.4.2 and 4.4.15); 0 if others have. */
const unixMode = ({ versionMadeBy, externalFileAttributes }: Entry): number =>
  versionMadeBy >>> 8 === 3 ? externalFileAttributes >>> 16 : 0

const kindOf = (entry: Entry): RawMember['kind'] => {
  const type = unixMode(entry) & fileTypes
  if (entry.fileName.endsWith('/') || type === folderType) return 'directory'
  if (type === linkType) return 'link'
  return type === plainType || type === 0 ? 'file' : 'other'
}

/** The longest target of a link (PATH_MAX of Linux). */
const longestTarget = 4096

const targetOf = async (opened: Opened): Promise<string> => {
  const { fileName, uncompressedSize } = opened.entry
  if (uncompressedSize > longestTarget) throw new Error(`the link ${fileName} is too long`)
  return (await buffer(contentOf(opened))).toString()
}

/** An archive as it is read: its members, and what they have. */
interface Opened {
  readonly zip: ZipFile
  readonly entry: Entry
}

/** The members, in their order. The archive is open until the work with them is done. */
const withEntries = async function* <Item>(
  path: string,
  work: (all: readonly Opened[]) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const { openPromise } = await import('yauzl')
  const zip = await openPromise(path, { autoClose: false })
  try {
    const all: Opened[] = []
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted())
        throw new Error(`${entry.fileName} is encrypted: unpack it by hand, with its password`)
      if (!entry.canDecodeFileData())
        throw new Error(
          `${entry.fileName} is compressed by a method other than deflate (${entry.compressionMethod})`,
        )
      all.push({ zip, entry })
    }
    yield* work(all)
  } finally {
    zip.close()
  }
}

const contentOf = async function* ({ zip, entry }: Opened): AsyncGenerator<Uint8Array> {
  for await (const chunk of await zip.openReadStreamPromise(entry)) yield Buffer.from(chunk)
}

const memberOf = async (opened: Opened): Promise<RawMember> => {
  const { fileName: name, uncompressedSize: size } = opened.entry
  const kind = kindOf(opened.entry)
  if (kind === 'link') return { name, kind, size: 0, target: await targetOf(opened) }
  if (kind !== 'file') return { name, kind, size: kind === 'directory' ? 0 : undefined, target: '' }
  const hash = createHash('sha256')
  for await (const chunk of contentOf(opened)) hash.update(chunk)
  return { name, kind, size, sha256: hash.digest('hex'), target: '' }
}

/**
 * Reads the members of an archive, in its order.
 *
 * @throws an Error that says what is wrong with the archive.
 */
export const zipIndex = async (path: string): Promise<RawMember[]> => {
  const members: RawMember[] = []
  for await (const opened of withEntries(path, (all) => Readable.from(all)))
    members.push(await memberOf(opened))
  return members
}

/** The permissions of a member: those of Unix, or usual ones. */
const permissions = (entry: Entry): number => {
  const mode = unixMode(entry) & 0o7777
  if (mode !== 0) return mode
  return kindOf(entry) === 'directory' ? 0o755 : 0o644
}

const tarEntryOf = async (opened: Opened): Promise<TarEntry & { readonly opened: Opened }> => {
  const { entry } = opened
  const kind = kindOf(entry)
  // devices and pipes in a zip archive have no numbers: nothing can make them
  if (kind === 'other') throw new Error(`it contains a device, pipe or socket: ${entry.fileName}`)
  return {
    path: entry.fileName,
    kind,
    mode: permissions(entry),
    uid: 0,
    gid: 0,
    size: entry.uncompressedSize,
    target: kind === 'link' ? await targetOf(opened) : '',
    modified: entry.getLastModDate(),
    opened,
  }
}

/** A zip archive as a tar archive, which any host can unpack. */
export const zipAsTar = (path: string): Readable =>
  Readable.from(
    withEntries(path, async function* (all) {
      const entries = []
      for (const opened of all) entries.push(await tarEntryOf(opened))
      yield* tarOf(entries, ({ opened }) => contentOf(opened))
    }),
    { objectMode: false },
  )
