/** Incomplete files on the machine that runs the playbook, while they are being written. */
import { randomBytes } from 'node:crypto'
import { lstat, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const prefix = '.coxswain.'
const day = 86_400_000

/** A name for an incomplete file in a local folder. The name contains the host and the process ID of the writer. */
export const draftIn = (folder: string): string =>
  join(folder, `${prefix}${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}`)

/** Whether a process with this ID runs on this machine. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // it runs as another user
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether the process that wrote a draft has ended; undefined if the name does not say it. */
const isOrphan = (name: string): boolean | undefined => {
  const start = `${prefix}${hostname()}.`
  const [, pid] = /^(\d+)\.[0-9a-f]{12}$/.exec(name.startsWith(start) ? name.slice(start.length) : '') ?? []
  return pid === undefined ? undefined : !runs(Number(pid))
}

/**
 * Removes drafts that killed processes left in a local folder: those of processes of this machine that have ended, and
 * those of other machines that are older than a day. Drafts that cannot be removed are left.
 */
export const sweepDrafts = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const path = join(folder, name)
    const found = await lstat(path).catch(() => undefined)
    if (found?.isFile() !== true || found.uid !== process.getuid?.()) continue
    if (isOrphan(name) ?? found.mtimeMs < Date.now() - day) await rm(path, { force: true }).catch(() => {})
  }
}
