/** Reads known_hosts files without blocking and with bounded memory, for any kind of file. */
import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'
import { ByteCollector } from '../byte-collector.ts'

/** The most bytes of a file; 64 MiB are several hundred thousand keys. */
const mostBytes = 64 * 1024 * 1024
/** Bytes of a device: `/dev/null` is empty. */
const mostOfDevice = 1

const refused = (file: string, why: string): CoxswainError =>
  new CoxswainError('host-key-unknown', `cannot read the host keys in ${file}: ${why}`, {
    hint: 'set the variable known_hosts_file to another file, or to /dev/null',
  })

/** The kind of file, if it cannot be a known_hosts file; otherwise undefined. */
const kindOf = (stats: Stats): string | undefined => {
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isSocket()) return 'a socket'
  if (stats.isDirectory()) return 'a directory'
  return stats.isBlockDevice() ? 'a device' : undefined
}

/**
 * Reads a known_hosts file. As in OpenSSH, links of all users are followed, and a file that is missing or cannot be read has
 * no keys. Unlike OpenSSH, it does not wait for a pipe, and it limits the size.
 *
 * @throws `host-key-unknown` for a special file or a file that is too large, as its keys would be missed.
 */
export const readKnownHosts = async (file: string): Promise<string> => {
  // does not block on a pipe or terminal
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    // a socket cannot be opened
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO')
      throw refused(file, 'it is a socket')
    return undefined
  })
  if (handle === undefined) return ''
  try {
    const stats = await handle.stat()
    const kind = kindOf(stats)
    if (kind !== undefined) throw refused(file, `it is ${kind}`)
    const most = stats.isFile() ? mostBytes : mostOfDevice
    const bytes = new ByteCollector(most + 1)
    const piece = Buffer.allocUnsafe(64 * 1024)
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, null).catch(() => ({ bytesRead: 0 }))
      if (bytesRead === 0) break
      bytes.push(piece.subarray(0, bytesRead))
      if (bytes.size > most)
        throw refused(
          file,
          stats.isFile() ? `it is larger than ${mostBytes / 1024 / 1024} MiB` : 'it is a device',
        )
    }
    return bytes.bytes().toString('utf8')
  } finally {
    await handle.close()
  }
}
