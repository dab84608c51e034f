/** The content of a file as it is and as it shall be: what tasks that write whole files have in common. */
import { createHash } from 'node:crypto'
import { isCoxswainError, isSecret } from '../../../engine/index.ts'
import type { Change, RemoteReader, Secret } from '../../../engine/index.ts'

const sumOf = (content: string | Secret): string =>
  createHash('sha256')
    .update(isSecret(content) ? content.reveal() : content)
    .digest('hex')

/** Whether links are followed that others control. */
interface Follow {
  readonly follow?: boolean | undefined
}

/** Whether a file holds just this, compared by sums: it may be any bytes, and of any size. */
export const holds = async (
  remote: RemoteReader,
  path: string,
  content: string | Secret,
  { follow }: Follow = {},
): Promise<boolean> => (await remote.sha256(path, { follow })) === sumOf(content)

/** Content that cannot be shown as a text, told by its size and the beginning of its sum. */
export const summary = (bytes: number | undefined, sum: string): string =>
  `${bytes} bytes, sha256 ${sum.slice(0, 12)}…`

/** A file's text; undefined where it has none that could be shown. */
const shown = async (
  remote: RemoteReader,
  path: string,
  follow: boolean | undefined,
): Promise<string | undefined> => {
  try {
    return await remote.read(path, { follow })
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'read-failed') throw error
    return undefined
  }
}

/** What differs between a file's content and the one that is wanted. */
export const contentChanges = async (
  remote: RemoteReader,
  path: string,
  content: string | Secret,
  { follow }: Follow = {},
): Promise<Change[]> => {
  const sum = await remote.sha256(path, { follow })
  if (sum === sumOf(content)) return []
  if (sum === undefined) return [{ what: path, to: content }]
  // what was there before a secret may be its predecessor
  if (isSecret(content)) return [{ what: path, from: '(other content)', to: content }]
  const [text, stat] = await Promise.all([shown(remote, path, follow), remote.stat(path, { follow: true })])
  if (text !== undefined) return [{ what: path, from: text, to: content }]
  const to = summary(Buffer.byteLength(content), sumOf(content))
  return [{ what: path, from: summary(stat?.size, sum), to }]
}
