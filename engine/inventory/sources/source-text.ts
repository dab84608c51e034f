/** The one way by which the text of inventories and of files of variables comes in. */
import { readFile } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'
import { isLocked, textOf } from '../secrets/file.ts'
import type { Keyring } from '../secrets/keyring.ts'

/** Bytes that one file may have: more is no inventory, and would eat all memory. */
const most = 64 * 1024 * 1024

/** A file that is read, and what is in it. */
export interface SourceFile {
  /** It is encrypted as a whole. */
  readonly locked: boolean
  /**
   * Its text, opened where it is encrypted.
   *
   * @throws `secret-locked`, `secret-broken`.
   */
  readonly text: (keys: Keyring) => Promise<string>
}

/**
 * An inventory file, or a file of variables. Every one of them goes through here.
 *
 * @throws `load-failed` when it cannot be read, is no text, or is beyond 64 MiB.
 */
export const readSource = async (path: string): Promise<SourceFile> => {
  const bytes = await readBytes(path)
  if (isLocked(bytes))
    return { locked: true, text: async (keys) => decode(path, await textOf(path, bytes, keys)) }
  const text = decode(path, bytes)
  return { locked: false, text: async () => text }
}

const readBytes = async (path: string): Promise<Buffer> => {
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
  return bytes
}

const decode = (path: string, bytes: Uint8Array): string => {
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
