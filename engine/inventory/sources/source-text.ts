/** Reads the text of inventories and of variables files. */
import { readFile } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'
import { isLocked, textOf } from '../secrets/file.ts'
import type { Keyring } from '../secrets/keyring.ts'

/** The most bytes of a file: a larger one is not an inventory, and could exhaust the memory. */
const most = 64 * 1024 * 1024

/** A file and its text. */
export interface SourceFile {
  /** Whether the file is encrypted. */
  readonly locked: boolean
  /**
   * Returns its text, decrypted if needed.
   *
   * @throws `secret-locked`, `secret-broken`.
   */
  readonly text: (keys: Keyring) => Promise<string>
}

/**
 * Reads an inventory file or a variables file.
 *
 * @throws `load-failed` if it cannot be read, is not text, or is larger than 64 MiB.
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
      hint: 'check that it exists, and its permissions',
    })
  }
  if (bytes.length > most) throw new CoxswainError('load-failed', `${path} is larger than 64 MiB`)
  return bytes
}

const decode = (path: string, bytes: Uint8Array): string => {
  try {
    // without a byte order mark
    return new TextDecoder('utf8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new CoxswainError('load-failed', `${path} is not UTF-8 text`, {
      cause,
      hint: 'an inventory is YAML, INI, an executable that prints JSON, or a TypeScript module',
    })
  }
}
