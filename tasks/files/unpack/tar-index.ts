/** The index of a tar archive here, plain or compressed: names, kinds, sizes and sums. */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { Parser } from 'tar'
import type { ReadEntry } from 'tar'
import type { RawMember } from './member.ts'

/** Where GNU tar puts a file with holes, in an archive in the way of pax; its own name is said elsewhere. */
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

/** The most that tar makes of an archive of nothing: one record of zeros, of any blocking factor that is used. */
const longestEmpty = 1024 * 1024

/** Whether a file is an archive of nothing: zeros alone (POSIX.1-2017, pax), which the parser takes for no archive. */
const isEmptyTar = async (file: string): Promise<boolean> => {
  if ((await stat(file)).size > longestEmpty) return false
  const bytes = await readFile(file)
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    const plain = isGzip ? gunzipSync(bytes, { maxOutputLength: longestEmpty }) : bytes
    return plain.length >= 1024 && plain.every((byte) => byte === 0)
  } catch {
    return false
  }
}

/**
 * The members of an archive, in its order.
 *
 * @throws an Error that says what is wrong with it.
 */
export const tarIndex = async (file: string): Promise<RawMember[]> => {
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
      // kinds that the parser does not know are refused with those that we do not
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
