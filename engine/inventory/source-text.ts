/** The one way by which the text of inventories and of files of variables comes in. */
import { readFile } from 'node:fs/promises'
import { CoxswainError } from '../errors.ts'

/** Bytes that one file may have: more is no inventory, and would eat all memory. */
const most = 64 * 1024 * 1024

/**
 * The text of an inventory file, or of a file of variables. Every one of them goes through here.
 *
 * @throws `load-failed` when it cannot be read, is no text, or is beyond 64 MiB.
 */
export const readSourceText = async (path: string): Promise<string> => {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (cause) {
    throw new CoxswainError('load-failed', `cannot read ${path}`, {
      cause,
      hint: 'see that it is there, and that you may read it',
    })
  }
  if (bytes.length > most) throw new CoxswainError('load-failed', `${path} has more than 64 MiB`)
  try {
    // a byte order mark is no part of the text
    return new TextDecoder('utf8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new CoxswainError('load-failed', `${path} is no text in UTF-8`, {
      cause,
      hint: 'an inventory is YAML, INI, an executable that prints JSON, or a TypeScript module',
    })
  }
}
