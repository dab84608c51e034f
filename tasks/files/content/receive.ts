/** Files that come from a host to the machine that runs the playbook. */
import { createHash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CoxswainError, enterLocalFolder } from '../../../engine/index.ts'
import type { ApplyContext, RemoteReader } from '../../../engine/index.ts'
import { draftIn, sweepDrafts } from './local-draft.ts'

type Through = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

/**
 * Writes the file to a draft, and moves it into place if it has the expected SHA-256. Other users of this machine could
 * control a part of the path: the folder is entered without their links, and names are then resolved inside it.
 *
 * @param sum SHA-256 of the file on the host.
 * @param through what happens to the bytes before they are written, such as encryption.
 */
export const receiveFile = async (
  { remote }: Pick<ApplyContext, 'remote'>,
  src: string,
  place: string,
  sum: string,
  through: Through = (chunks) => chunks,
): Promise<void> => {
  const stat = await remote.stat(src, { follow: true })
  if (stat?.type !== 'file')
    throw new CoxswainError('read-failed', `${src} changed while it was being fetched`, {
      hint: 'fetch it while nothing writes to it',
    })
  const folder = enterLocalFolder(dirname(place), { make: true })
  if (folder === undefined)
    throw new CoxswainError('write-failed', `the folder ${dirname(place)} does not exist`)
  try {
    await receiveIn(folder.path, { remote, src, size: stat.size, sum, name: basename(place), through })
  } finally {
    folder.close()
  }
}

/** The file to receive. */
interface Incoming {
  readonly remote: RemoteReader
  readonly src: string
  readonly size: number
  readonly sum: string
  readonly name: string
  readonly through: Through
}

const receiveIn = async (
  folder: string,
  { remote, src, size, sum, name, through }: Incoming,
): Promise<void> => {
  await sweepDrafts(folder)
  const path = draftIn(folder)
  // a file that only root can read on the host must not be readable by other users here
  const file = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    // not more than the announced size: a host that never stops sending would fill the disk
    const hashed = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of remote.readStream(src, size)) {
        hash.update(chunk)
        yield chunk
      }
    }
    for await (const chunk of through(hashed())) await file.writeFile(chunk)
    await file.sync()
    if (hash.digest('hex') !== sum) {
      throw new CoxswainError('read-failed', `${src} changed while it was being fetched`, {
        hint: 'fetch it while nothing writes to it',
      })
    }
    await rename(path, join(folder, name))
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
