/** Reads known_hosts files, whatever their paths lead to, without waiting and in bounded memory. */
import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { CoxswainError } from '../../errors.ts'
import { ByteCollector } from '../byte-collector.ts'

/** Bytes of a file; 64 MiB are some hundred thousand keys. */
const mostBytes = 64 * 1024 * 1024
/** Bytes of a device: `/dev/null` has none. */
const mostOfDevice = 1

const refused = (file: string, why: string): CoxswainError =>
  new CoxswainError('host-key-unknown', `cannot read the host keys in ${file}: ${why}`, {
    hint: 'name another file with the variable known_hosts_file, or /dev/null for none',
  })

/** What a path leads to that is read by no one as known_hosts; undefined for what can be. */
const kindOf = (stats: Stats): string | undefined => {
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isSocket()) return 'a socket'
  if (stats.isDirectory()) return 'a directory'
  return stats.isBlockDevice() ? 'a device' : undefined
}

/**
 * The text of a known_hosts file. As in OpenSSH links are followed, whoever owns them, and a file that is missing or that
 * may not be read records no key; unlike OpenSSH nothing waits for a pipe, and nothing is read without end.
 *
 * @throws `host-key-unknown` for what is no file and for what is too large: a key that is recorded there would be missed.
 */
export const readKnownHosts = async (file: string): Promise<string> => {
  // a pipe or terminal is not waited for
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
          stats.isFile() ? `it has more than ${mostBytes / 1024 / 1024} MiB` : 'it is a device',
        )
    }
    return bytes.bytes().toString('utf8')
  } finally {
    await handle.close()
  }
}
