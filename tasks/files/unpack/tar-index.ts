/** The index of a local tar archive, plain or compressed: names, kinds, sizes and sums. */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import type { ReadEntry } from 'tar'
import type { RawMember } from './member.ts'

/** The folder in which GNU tar puts a sparse file in a pax archive; its own name is in another header. */
const sparse = /(?:^|\/)GNUSparseFile\.\d+\//

const memberOf = ({ path: name, type, size, linkpath = '' }: ReadEntry, sha256: string): RawMember => {
  if (sparse.test(name)) throw new Error('it contains sparse files')
  switch (type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return { name, kind: 'file', size, sha256, target: '' }
    case 'Link':
      return { name, kind: 'file', size: undefined, target: '', same: linkpath }
    case 'SymbolicLink':
      return { name, kind: 'link', size: 0, target: linkpath }
    case 'Directory':
      return { name, kind: 'directory', size: 0, target: '' }
    case 'CharacterDevice':
    case 'BlockDevice':
    case 'FIFO':
      return { name, kind: 'other', size: undefined, target: '' }
    default:
      throw new Error(`it contains something other than a file, folder or link: ${name}`)
  }
}

/** The largest empty archive: one record of zeros, at any blocking factor in use. */
const longestEmpty = 1024 * 1024

/** Whether a file is an empty archive: only zeros (POSIX.1-2017, pax). The parser does not accept such a file. */
const isEmptyTar = async (file: string): Promise<boolean> => {
  if ((await stat(file)).size > longestEmpty) return false
  const bytes = await readFile(file)
  try {
    const { gunzipSync } = await import('node:zlib')
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    const plain = isGzip ? gunzipSync(bytes, { maxOutputLength: longestEmpty }) : bytes
    return plain.length >= 1024 && plain.every((byte) => byte === 0)
  } catch {
    return false
  }
}

/**
 * Reads the members of an archive, in its order.
 *
 * @throws an Error that says what is wrong with the archive.
 */
export const tarIndex = async (file: string): Promise<RawMember[]> => {
  const { Parser } = await import('tar/parse')
  const entries: { readonly entry: ReadEntry; readonly hash: Hash }[] = []
  const source = createReadStream(file)
  const take = (entry: ReadEntry): void => {
    const hash = createHash('sha256')
    entries.push({ entry, hash })
    entry.on('data', (chunk: Buffer) => hash.update(chunk))
  }
  const parser = new Parser({ file, strict: true, onReadEntry: take })
  try {
    await new Promise<void>((resolve, reject) => {
      // kinds that the parser does not know are refused like those that we do not support
      parser.on('ignoredEntry', take).on('error', reject).on('end', resolve)
      source.on('error', reject).on('data', (chunk) => void parser.write(chunk))
      source.on('end', () => void parser.end())
    })
  } catch (error) {
    if (entries.length === 0 && (await isEmptyTar(file))) return []
    throw error
  } finally {
    source.destroy()
  }
  return entries.map(({ entry, hash }) => memberOf(entry, hash.digest('hex')))
}
