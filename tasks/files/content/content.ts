/** The current and the desired content of a file: shared by tasks that write complete files. */
import { createHash } from 'node:crypto'
import { CoxswainError, isCoxswainError, isSecret } from '../../../engine/index.ts'
import type { Change, RemoteReader, Secret } from '../../../engine/index.ts'

const sumOf = (content: string | Secret): string =>
  createHash('sha256')
    .update(isSecret(content) ? content.reveal() : content)
    .digest('hex')

/** Whether to follow links that other users control. */
interface Follow {
  readonly follow?: boolean | undefined
}

/** Whether a file has exactly this content. Compares SHA-256, so the content can be binary and of any size. */
export const holds = async (
  remote: RemoteReader,
  path: string,
  content: string | Secret,
  { follow }: Follow = {},
): Promise<boolean> => (await remote.sha256(path, { follow })) === sumOf(content)

/**
 * Whether there is a file at a path, whose content a task can leave alone. A link to nothing is none.
 *
 * @throws `task-failed` for a folder, or for anything else that is not a file.
 */
export const isFileThere = async (remote: RemoteReader, path: string): Promise<boolean> => {
  const stat = await remote.stat(path, { follow: true })
  if (stat === undefined || stat.type === 'file') return stat !== undefined
  throw new CoxswainError('task-failed', `${path} exists, but is not a file`, {
    hint: 'move it away first; to set only owner and mode, use the task permissions',
  })
}

/** Describes content that cannot be shown as text: its size and the first digits of its SHA-256. */
export const summary = (bytes: number | undefined, sum: string): string =>
  `${bytes} bytes, sha256 ${sum.slice(0, 12)}…`

/** A file's text; undefined if it cannot be shown as text. */
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

/** The difference between a file's content and the desired content. */
export const contentChanges = async (
  remote: RemoteReader,
  path: string,
  content: string | Secret,
  { follow }: Follow = {},
): Promise<Change[]> => {
  const sum = await remote.sha256(path, { follow })
  if (sum === sumOf(content)) return []
  if (sum === undefined) return [{ what: path, to: content }]
  // the old content may be an earlier value of the secret
  if (isSecret(content)) return [{ what: path, from: '(other content)', to: content }]
  const [text, stat] = await Promise.all([shown(remote, path, follow), remote.stat(path, { follow: true })])
  if (text !== undefined) return [{ what: path, from: text, to: content }]
  const to = summary(Buffer.byteLength(content), sumOf(content))
  return [{ what: path, from: summary(stat?.size, sum), to }]
}
