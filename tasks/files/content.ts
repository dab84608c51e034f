/** The content of a file as it is and as it shall be: what tasks that write whole files have in common. */
import { createHash } from 'node:crypto'
import { isCoxswainError, isSecret } from '../../engine/index.ts'
import type { Change, RemoteReader, Secret } from '../../engine/index.ts'

const sumOf = (content: string | Secret): string =>
  createHash('sha256')
    .update(isSecret(content) ? content.reveal() : content)
    .digest('hex')

/** Whether a file holds just this, compared by sums: it may be any bytes, and of any size. */
export const holds = async (remote: RemoteReader, path: string, content: string | Secret): Promise<boolean> =>
  (await remote.sha256(path)) === sumOf(content)

/** A file's text for a diff; words in its place where there is none that could be shown. */
const shown = async (remote: RemoteReader, path: string): Promise<string | undefined> => {
  try {
    return await remote.read(path)
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'read-failed') throw error
    return '(no text, or too long to show)'
  }
}

/** What differs between a file's content and the one that is wanted. */
export const contentChanges = async (
  remote: RemoteReader,
  path: string,
  content: string | Secret,
): Promise<Change[]> => {
  const sum = await remote.sha256(path)
  if (sum === sumOf(content)) return []
  if (sum === undefined) return [{ what: path, to: content }]
  // what was there before a secret may be its predecessor
  return [
    { what: path, from: isSecret(content) ? '(other content)' : await shown(remote, path), to: content },
  ]
}
