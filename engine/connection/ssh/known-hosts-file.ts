/** Adds lines to known_hosts files, safely with other runs and ssh at the same time. */
import { constants, readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { enterLocalFolder } from '../local-folder.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants

/** The most links to follow, as in the system. */
const mostHops = 40

/**
 * Opens a file for appending, and creates it if needed. Other users of this machine can control a part of the path:
 * their links are refused, those of root and of the acting user are followed.
 */
const openOwn = async (file: string, hops = 0): Promise<FileHandle> => {
  // a new folder is usually ~/.ssh, which must be private
  const folder = enterLocalFolder(dirname(file), { make: true, mode: 0o700 })
  if (folder === undefined) throw new Error(`the folder ${dirname(file)} does not exist`)
  try {
    const name = basename(file)
    const path = `${folder.path}/${name}`
    if (folder.isLink(name)) {
      if (hops === mostHops) throw new Error('it is a link to itself')
      return await openOwn(resolve(dirname(file), readlinkSync(path)), hops + 1)
    }
    const handle = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
    const { nlink } = await handle.stat()
    if (nlink === 1 || folder.closed) return handle
    await handle.close()
    throw new Error('it has another name, a hard link, and other users of this machine control its folder')
  } finally {
    folder.close()
  }
}

const append = async (file: string, line: string): Promise<void> => {
  const handle = await openOwn(resolve(file))
  try {
    const stats = await handle.stat()
    // it can have been replaced since it was read
    if (!stats.isFile() && !stats.isCharacterDevice()) throw new Error('it is not a file')
    const { size } = stats
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
    // the last line might not end with a newline
    const start = bytesRead === 0 || buffer[0] === 0x0a ? '' : '\n'
    const bytes = Buffer.from(`${start}${line}\n`)
    // one write with O_APPEND, which does not mix with lines of other processes
    const { bytesWritten } = await handle.write(bytes)
    if (bytesWritten === bytes.length) return
    // remove an incomplete key
    if ((await handle.stat()).size === size + bytesWritten) await handle.truncate(size)
    throw new Error('the disk is full')
  } finally {
    await handle.close()
  }
}

/**
 * Adds a line to a known_hosts file, and creates the file if needed.
 *
 * @throws `host-key-unknown` if that fails: without a record, any other key would be accepted the next time.
 */
export const appendKnownHost = async (file: string, line: string): Promise<void> => {
  try {
    await append(file, line)
  } catch (cause) {
    throw new CoxswainError(
      'host-key-unknown',
      `the new host key cannot be recorded in ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause, hint: 'make the file writable, or set the variable known_hosts_file to another file' },
    )
  }
}
