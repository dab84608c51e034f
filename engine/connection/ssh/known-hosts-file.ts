/** Adds to known_hosts files that other runs, and ssh itself, add to at the same time. */
import { constants, readlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import { enterLocalFolder } from '../local-folder.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants

/** As many links as the system follows. */
const mostHops = 40

/**
 * Opens a file to add to it, which is made where there is none. Other users of this machine may control a part of the path:
 * their links are refused, those of root and of the acting user are followed.
 */
const openOwn = async (file: string, hops = 0): Promise<FileHandle> => {
  // a folder that is made is ~/.ssh, most often: ssh has it for its user alone
  const folder = enterLocalFolder(dirname(file), { make: true, mode: 0o700 })
  if (folder === undefined) throw new Error(`there is no folder ${dirname(file)}`)
  try {
    const name = basename(file)
    const path = `${folder.path}/${name}`
    if (folder.isLink(name)) {
      if (hops === mostHops) throw new Error('it leads through a link to itself')
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
    // it may have been exchanged since it was read
    if (!stats.isFile() && !stats.isCharacterDevice()) throw new Error('it is not a file')
    const { size } = stats
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
    // a last line without an end would swallow ours
    const start = bytesRead === 0 || buffer[0] === 0x0a ? '' : '\n'
    const bytes = Buffer.from(`${start}${line}\n`)
    // one write with O_APPEND: lines of others neither tear ours nor are overwritten by it
    const { bytesWritten } = await handle.write(bytes)
    if (bytesWritten === bytes.length) return
    // half a key would be another one than the host's
    if ((await handle.stat()).size === size + bytesWritten) await handle.truncate(size)
    throw new Error('there is no room for it')
  } finally {
    await handle.close()
  }
}

/**
 * Adds a line to a known_hosts file, which is made where there is none.
 *
 * @throws `host-key-unknown` when it cannot: a key that is not recorded would be accepted again, whatever it is then.
 */
export const appendKnownHost = async (file: string, line: string): Promise<void> => {
  try {
    await append(file, line)
  } catch (cause) {
    throw new CoxswainError(
      'host-key-unknown',
      `the new host key cannot be recorded in ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause, hint: 'make the file writable, or name another one with the variable known_hosts_file' },
    )
  }
}
