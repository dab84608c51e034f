/** The index of a tar archive here, plain or compressed: names, kinds, sizes and sums. */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Parser } from 'tar'
import type { ReadEntry } from 'tar'
import type { RawMember } from './member.ts'

/** Where GNU tar puts a file with holes, in an archive in the way of pax; its own name is said elsewhere. */
const sparse = /(?:^|\/)GNUSparseFile\.\d+\//

const memberOf = ({ path: name, type, size, linkpath = '' }: ReadEntry, sha256: string): RawMember => {
  if (sparse.test(name)) throw new Error('it holds sparse files')
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
      throw new Error(`it holds what is no file, folder or link: ${name}`)
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
  } finally {
    source.destroy()
  }
  return entries.map(({ entry, hash }) => memberOf(entry, hash.digest('hex')))
}
