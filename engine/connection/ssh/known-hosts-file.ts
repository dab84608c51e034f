/** Adds to known_hosts files that other runs, and ssh itself, add to at the same time. */
import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CoxswainError } from '../../errors.ts'

const { O_APPEND, O_CREAT, O_RDWR } = constants

const append = async (file: string, line: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, O_RDWR | O_APPEND | O_CREAT, 0o600)
  try {
    const { size } = await handle.stat()
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
    // a last line without an end would swallow ours
    const start = bytesRead === 0 || buffer[0] === 0x0a ? '' : '\n'
    // one write with O_APPEND: lines of others neither tear ours nor are overwritten by it
    await handle.write(`${start}${line}\n`)
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
